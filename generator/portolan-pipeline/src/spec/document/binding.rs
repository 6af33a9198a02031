use crate::spec::decode::{Located, record, words};

record! {
    /// What a service does with a binding.
    pub struct Binding {
        /// Which side it uses; default what `route` and `operations` show, else what the component's type has.
        "direction" => direction: Option<Located<Side>>,
        /// The path that the binding's events are posted to; default the contract's, else `/<component>`.
        "route" => route: Option<Located<String>>,
        /// The operations that it asks for, beside those of the contract.
        "operations" => operations: Vec<Located<String>>,
    }
}

words! {
    /// A side of a binding.
    pub enum Side {
        /// Events come in.
        Input = "input",
        /// Requests go out.
        Output = "output",
        /// Both.
        Both = "both",
    }
}
