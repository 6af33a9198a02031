/// An environment as it is typed: `prod`, or `env=prod` as in `just render env=prod`.
pub(crate) fn environment(typed: &str) -> Result<String, String> {
    match typed.strip_prefix("env=").unwrap_or(typed) {
        "" => Err("the environment's name is missing".to_owned()),
        name => Ok(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::environment;

    #[test]
    fn both_ways_to_name_an_environment() {
        assert_eq!(environment("prod").as_deref(), Ok("prod"));
        assert_eq!(environment("env=prod").as_deref(), Ok("prod"));
        assert!(environment("env=").is_err());
    }
}
