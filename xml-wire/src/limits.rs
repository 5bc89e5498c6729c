//! How much a document may ask of its reader.
//!
//! ```
//! let limits = xml_wire::Limits { bytes: 64 * 1024, ..Default::default() };
//! assert_eq!(limits.depth, 100);
//! ```

/// Bounds on a document; always on. What exceeds one is refused as [`crate::ErrorKind::Limit`].
///
/// So is a namespace of more than 1024 bytes, and a document whose fragments would have to repeat more bytes of
/// declarations than a document may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of the document in bytes. Default 16 MiB.
    pub bytes: usize,
    /// Elements open at once. Default 100.
    pub depth: usize,
    /// Attributes and namespace declarations on one tag. Default 100.
    pub attributes: usize,
    /// Namespace declarations in force at once. Default 200.
    pub namespaces: usize,
    /// Elements in all. Default 1,000,000.
    pub elements: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 20, depth: 100, attributes: 100, namespaces: 200, elements: 1_000_000 }
    }
}
