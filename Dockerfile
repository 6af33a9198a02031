# One image for each service: docker build --build-arg SERVICE=audit-service --tag audit-service .
# The program links what the C runtime brings and nothing else; TLS and the Kafka client are in it.
FROM rust:1.95-bookworm AS build
ARG SERVICE
WORKDIR /source
COPY . .
RUN cargo build --release --locked --package "$SERVICE" && cp "target/release/$SERVICE" /service

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /service /service
USER 65532:65532
ENTRYPOINT ["/service"]
