//! Puts typed values into a document: what derived code calls.

use std::fmt::Write as _;

use crate::error::{Error, ErrorKind};
use crate::name::{Dialect, NONE, Name, XSI, XSI_URI};
use crate::text::{Escape, Text};

/// Writes one document, element by element.
///
/// Names are written with their conventional prefixes; those in use are declared on the document element.
#[derive(Debug)]
pub struct Writer {
    out: String,
    indent: Option<usize>,
    /// Namespaces in use, a bit for each index.
    used: u32,
    uses_xsi: bool,
    depth: usize,
    /// Whether the last start tag still lacks its `>`.
    tag_open: bool,
    /// Whether an element ended last, so that the next tag stands on a line of its own.
    after_element: bool,
    /// Where declarations go: behind the document element's name.
    declarations_at: usize,
}

impl Writer {
    pub(crate) fn new(indent: Option<usize>, declaration: bool) -> Self {
        let mut out = String::with_capacity(4096);
        if declaration {
            out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        }
        Self {
            out,
            indent,
            used: 0,
            uses_xsi: false,
            depth: 0,
            tag_open: false,
            after_element: true,
            declarations_at: 0,
        }
    }

    /// Starts an element.
    pub fn start(&mut self, name: &Name) {
        self.open_tag(name);
        self.tag_open = true;
        self.after_element = true;
        self.depth += 1;
    }

    /// Ends the element that was started last.
    pub fn end(&mut self, name: &Name) {
        self.depth -= 1;
        if self.tag_open {
            self.out.push_str("/>");
            self.tag_open = false;
        } else {
            if self.after_element {
                self.line();
            }
            self.close_tag(name);
        }
        self.after_element = true;
    }

    /// An attribute of the element that was just started.
    ///
    /// # Errors
    /// When the value holds what XML cannot carry.
    pub fn attribute<T: Text>(&mut self, name: &Name, value: &T) -> Result<(), Error> {
        self.note(name.ns);
        self.out.reserve(name.qualified.len() + 16);
        self.out.push(' ');
        self.out.push_str(name.qualified);
        self.out.push_str("=\"");
        value.write(&mut Escape { out: &mut self.out, attribute: true }).map_err(|_| unwritable(name))?;
        self.out.push('"');
        Ok(())
    }

    /// Says `xsi:nil="true"` in the element that was just started.
    pub fn nil(&mut self) {
        self.uses_xsi = true;
        self.out.push_str(" xsi:nil=\"true\"");
    }

    /// The text content of the element that was just started.
    ///
    /// # Errors
    /// When the value holds what XML cannot carry.
    pub fn text<T: Text>(&mut self, name: &Name, value: &T) -> Result<(), Error> {
        let tag_end = self.out.len();
        self.out.push('>');
        value.write(&mut Escape { out: &mut self.out, attribute: false }).map_err(|_| unwritable(name))?;
        if self.out.len() == tag_end + 1 {
            self.out.truncate(tag_end);
        } else {
            self.tag_open = false;
            self.after_element = false;
        }
        Ok(())
    }

    /// An element that holds nothing but a text.
    ///
    /// # Errors
    /// When the value holds what XML cannot carry.
    pub fn element<T: Text>(&mut self, name: &Name, value: &T) -> Result<(), Error> {
        self.open_tag(name);
        let tag_end = self.out.len();
        self.out.push('>');
        value.write(&mut Escape { out: &mut self.out, attribute: false }).map_err(|_| unwritable(name))?;
        self.end_element(name, tag_end);
        Ok(())
    }

    pub(crate) fn element_str(&mut self, name: &Name, value: &str) -> Result<(), Error> {
        self.open_tag(name);
        let tag_end = self.out.len();
        self.out.push('>');
        Escape { out: &mut self.out, attribute: false }.write_str(value).map_err(|_| unwritable(name))?;
        self.end_element(name, tag_end);
        Ok(())
    }

    fn end_element(&mut self, name: &Name, tag_end: usize) {
        if self.out.len() == tag_end + 1 {
            self.out.truncate(tag_end);
            self.out.push_str("/>");
        } else {
            self.close_tag(name);
        }
        self.after_element = true;
    }

    /// An element's source, as it is.
    pub(crate) fn raw(&mut self, source: &str) {
        self.before_tag();
        self.out.push_str(source);
        self.after_element = true;
    }

    fn open_tag(&mut self, name: &Name) {
        self.before_tag();
        self.note(name.ns);
        self.out.reserve(2 * name.qualified.len() + 32);
        self.out.push('<');
        self.out.push_str(name.qualified);
        if self.declarations_at == 0 {
            self.declarations_at = self.out.len();
        }
    }

    fn close_tag(&mut self, name: &Name) {
        self.out.push_str("</");
        self.out.push_str(name.qualified);
        self.out.push('>');
    }

    fn before_tag(&mut self) {
        if self.tag_open {
            self.out.push('>');
            self.tag_open = false;
        }
        if self.depth > 0 {
            self.line();
        }
    }

    fn line(&mut self) {
        if let Some(width) = self.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', width * self.depth));
        }
    }

    fn note(&mut self, ns: u8) {
        if ns < NONE {
            self.used |= 1 << ns;
        }
    }

    pub(crate) fn finish(mut self, dialect: &Dialect) -> String {
        let mut declarations = String::with_capacity(512);
        let mut declare = |prefix: &str, uri: &str| {
            declarations.extend([" xmlns:", prefix, "=\"", uri, "\""]);
        };
        for ns in dialect.namespaces.iter().filter(|ns| self.used & (1 << ns.index) != 0) {
            declare(ns.prefix, ns.uri);
        }
        if self.uses_xsi {
            declare("xsi", XSI_URI);
        }
        self.out.insert_str(self.declarations_at, &declarations);
        if self.indent.is_some() {
            self.out.push('\n');
        }
        self.out
    }
}

fn unwritable(name: &Name) -> Error {
    let what = format!("the text of {} holds a character that XML cannot carry", name.qualified);
    Error::new(ErrorKind::Unwritable, what, String::new(), 0, 0)
}

// Reserved namespaces have indices beyond those of any dialect; none of them is written as a name.
const _: () = assert!(XSI as usize >= crate::name::MAX_NAMESPACES);
