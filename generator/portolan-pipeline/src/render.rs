//! render_: the resolved stack as files. Cannot fail.
