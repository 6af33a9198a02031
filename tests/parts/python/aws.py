"""Sends requests to AWS, or to what stands in for it: a list of them on stdin, a list of what came of them on stdout.

botocore holds each against the service's own model before it goes out; one that says `"send": false` does not go out at all.
A member `{"zip": {NAME: TEXT}}` becomes a zip, and `{"file": PATH}` the bytes of a file.
"""

import io
import json
import re
import sys
import zipfile

import botocore.config
import botocore.exceptions
import botocore.session
import botocore.validate


def filled_in(value):
    if isinstance(value, list):
        return [filled_in(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"zip"}:
        return packed(value["zip"])
    if set(value) == {"file"}:
        with open(value["file"], "rb") as file:
            return file.read()
    return {key: filled_in(item) for key, item in value.items()}


def packed(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, text)
    return buffer.getvalue()


def check(client, operation, request):
    model = client.meta.service_model.operation_model(operation)
    report = botocore.validate.ParamValidator().validate(request, model.input_shape)
    if report.has_errors():
        raise botocore.exceptions.ParamValidationError(report=report.generate_report())


def main():
    job = json.load(sys.stdin)
    session = botocore.session.get_session()
    config = botocore.config.Config(retries={"max_attempts": 0})
    clients = {}

    def client(api):
        if api not in clients:
            clients[api] = session.create_client(
                api,
                endpoint_url=job["endpoint"],
                region_name=job["region"],
                aws_access_key_id=job["account"],
                aws_secret_access_key="none",
                config=config,
            )
        return clients[api]

    outcomes = []
    for call in job["calls"]:
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", call["operation"]).lower()
        try:
            request = filled_in(call["request"])
            if not call.get("send", True):
                check(client(call["api"]), call["operation"], request)
                outcomes.append({"answer": {}})
                continue
            answer = getattr(client(call["api"]), method)(**request)
            answer.pop("ResponseMetadata", None)
            outcomes.append({"answer": answer})
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            outcomes.append({"error": f"{type(error).__name__}: {error}"})
    json.dump(outcomes, sys.stdout, default=str)


main()
