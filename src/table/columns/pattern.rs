//! A pattern of names, such as `p_*`, in which `*` stands for the class.

/// What joins the name of a model and that of a class.
pub(super) const JOINTS: [char; 6] = ['_', '-', '.', ':', '/', ' '];

/// The text before and after the class in the names of columns.
#[derive(Clone, Copy)]
pub(super) struct Pattern<'a> {
    pub(super) text: &'a str,
    pub(super) before: &'a str,
    pub(super) after: &'a str,
}

impl Pattern<'_> {
    /// Returns whether every column matches.
    pub(super) fn is_bare(self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// Returns the class in the name of a column, if the name matches.
    pub(super) fn class(self, name: &str) -> Option<&str> {
        let class = name.trim().strip_prefix(self.before)?.strip_suffix(self.after)?;
        (!class.is_empty()).then_some(class)
    }

    /// Returns the pattern without `*` and what joins it to the rest; None if nothing is left.
    pub(super) fn model(self) -> Option<String> {
        let before = self.before.trim_end_matches(JOINTS);
        let after = self.after.trim_start_matches(JOINTS);
        let joint = match (before, after) {
            ("", "") => return None,
            ("", _) | (_, "") => "",
            _ => &self.before[before.len()..],
        };
        Some(format!("{before}{joint}{after}"))
    }
}

/// Returns the name of a model of several classes, by the pattern of its columns.
pub(super) fn model_of(pattern: &str) -> Option<String> {
    let (before, after) = pattern.trim().split_once('*')?;
    Pattern { text: pattern, before, after }.model()
}
