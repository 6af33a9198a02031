//! Where and how people write a secret into a spec: `HERE` stands for the value, `CANARY` for the secret in it.

/// Where a secret may be written by mistake, with the indentation of what stands below the key.
pub(crate) const PLACES: [&str; 9] = [
    "components:\n  bus:\n    type: pubsub.kafka\n    brokers: [\"broker.example.com:9092\"]\n    auth:\n      password: HERE\n",
    "components:\n  bus:\n    type: pubsub.kafka\n    auth:\n      pasword: HERE\n",
    "components:\n  bus:\n    type: pubsub.kafka\n    auth:\n      password:\n        secret: HERE\n",
    "components:\n  bus:\n    type: pubsub.kafka\n    auth:\n      password:\n        value: HERE\n",
    "components:\n  store:\n    type: state.postgresql/v2\n    metadata:\n      connectionString: HERE\n",
    "components:\n  store:\n    type: state.redis\n    metadata:\n      redisPasword: HERE\n",
    "services:\n  pilot:\n    image: registry.example.com/pilot:1\n    env:\n      PASSWORD: HERE\n",
    "services:\n  pilot:\n    image: registry.example.com/pilot:1\n    env:\n      DATABASE_URL: postgres://todo:HERE@db/todo\n",
    "services:\n  pilot:\n    image: registry.example.com/pilot:1\n    uses: [HERE]\n    password: HERE\n",
];

/// How it may be written.
pub(crate) const STYLES: [&str; 10] = [
    "CANARY",
    "\"CANARY\"",
    "'CANARY'",
    "CANARY # it is CANARY",
    "|\n          CANARY\n",
    ">-\n          CANARY\n          CANARY\n",
    "!!str CANARY",
    "&anchor CANARY",
    "\"\\x43ANARY_ESCAPED\"",
    "\"\n          CANARY\"",
];

/// Ways to be wrong about a whole value, or to break its line.
pub(crate) const BROKEN: [&str; 24] = [
    "password: [CANARY]",
    "password: { CANARY }",
    "password: { CANARY: 1 }",
    "password: { value: CANARY }",
    "password: { secret: CANARY }",
    "password: { secret: { a: CANARY } }",
    "password: { secret: a/CANARY/b }",
    "password: \"CANARY",
    "password: 'CANARY' CANARY",
    "password: CANARY: CANARY",
    "password: [CANARY",
    "password: {CANARY",
    "password: *CANARY",
    "password: @CANARY",
    "password: %CANARY",
    "password: &CANARY &CANARY CANARY",
    "password: !CANARY {",
    "password: |CANARY",
    "password: |\nCANARY",
    "password:CANARY",
    "password: CANARY\n      password: CANARY",
    "password: \"CANARY\\q\"",
    "password: \"first\n\n      CANARY\" CANARY",
    "\tpassword: CANARY",
];
