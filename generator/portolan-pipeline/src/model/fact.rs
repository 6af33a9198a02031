use crate::source::Span;
use crate::spec::Located;

/// A value of the resolved stack, and where it was written; nowhere when it is a default or follows from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub at: Option<Span>,
}

impl<T> Fact<T> {
    /// A value that nobody wrote.
    pub fn derived(value: T) -> Self {
        Self { value, at: None }
    }

    /// A value that follows from what stands at a place.
    pub fn written_at(value: T, at: Span) -> Self {
        Self { value, at: Some(at) }
    }

    /// Another value from the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Fact<U> {
        Fact { value: change(self.value), at: self.at }
    }
}

impl<T: Clone> From<&Located<T>> for Fact<T> {
    fn from(located: &Located<T>) -> Self {
        Self { value: located.value.clone(), at: Some(located.at) }
    }
}
