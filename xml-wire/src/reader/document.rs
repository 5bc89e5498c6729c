//! What stands around the document element.

use quick_xml::events::Event;

use super::{Reader, split_name};
use crate::attributes;
use crate::error::{Error, ErrorKind};
use crate::lexical::{is_ncname, is_space};
use crate::name::Name;

/// Accepted without a closer look, which would cost as much as reading a small message.
const USUAL_DECLARATIONS: [&str; 5] = [
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<?xml version="1.0"?>"#,
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<?xml version='1.0' encoding='UTF-8'?>"#,
];

impl<'i> Reader<'i> {
    /// Finds the document element, whatever it is.
    pub(crate) fn any_root(&mut self) -> Result<(), Error> {
        if self.prologue()? {
            return Ok(());
        }
        Err(self.error_here(ErrorKind::Syntax, "there is no element".to_owned()))
    }

    /// Finds the document element among `roots`.
    pub(crate) fn root(&mut self, roots: &'static [Name]) -> Result<usize, Error> {
        self.any_root()?;
        let root = self.innermost();
        let (ns, local) = (root.ns, root.local());
        roots.iter().position(|name| name.ns == ns && name.local == local).ok_or_else(|| {
            let expected = match (roots.iter().find(|name| name.local == local), roots) {
                (Some(name), _) => {
                    let namespace = self.lexical.dialect.namespaces.get(usize::from(name.ns));
                    let uri = namespace.map(|namespace| format!(" in namespace {:?}", namespace.uri));
                    name.qualified.to_owned() + &uri.unwrap_or_else(|| " in no namespace".to_owned())
                }
                (None, [one]) => one.qualified.to_owned(),
                (None, _) => format!("one of {} document elements", roots.len()),
            };
            let namespace = match self.bindings.binding(split_name(root.name).0) {
                Some(binding) => format!(" in namespace {:?}", binding.uri),
                None => " in no namespace".to_owned(),
            };
            let found = format!("unexpected document element {}{namespace}, expected {expected}", root.name);
            self.error_at_tag(ErrorKind::UnexpectedRoot, found)
        })
    }

    /// Reads up to the document element; false where there is none.
    pub(super) fn prologue(&mut self) -> Result<bool, Error> {
        loop {
            self.at = self.position;
            if self.plain_start()? {
                return Ok(true);
            }
            match self.event()? {
                Event::Start(start) => {
                    self.start(start.name().as_ref().len(), false)?;
                    return Ok(true);
                }
                Event::Empty(start) => {
                    self.start(start.name().as_ref().len(), true)?;
                    return Ok(true);
                }
                Event::Eof => return Ok(false),
                other => self.outside(other)?,
            }
        }
    }

    /// Checks that nothing but comments stands after the document element.
    pub(crate) fn epilogue(&mut self) -> Result<(), Error> {
        loop {
            self.at = self.position;
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::Start(_) | Event::Empty(_) | Event::End(_) => {
                    return Err(
                        self.error_at_token(ErrorKind::Syntax, "a tag after the document's end".to_owned())
                    );
                }
                other => self.outside(other)?,
            }
        }
    }

    /// Handles what may stand outside the document element.
    pub(super) fn outside(&mut self, event: Event<'i>) -> Result<(), Error> {
        match event {
            Event::Decl(_) if self.at == 0 => self.declaration(),
            Event::Comment(_) => Ok(()),
            Event::PI(pi) => self.instruction(&pi),
            Event::Text(text) if text.chars().all(is_space) => Ok(()),
            Event::DocType(_) => Err(self.doctype()),
            Event::Decl(_) => Err(self.misplaced_declaration()),
            _ => Err(self.error_at_token(ErrorKind::Syntax, "text outside the document element".to_owned())),
        }
    }

    pub(super) fn declaration(&mut self) -> Result<(), Error> {
        let text = &self.input[self.at..self.position];
        if USUAL_DECLARATIONS.contains(&text) {
            return Ok(());
        }
        let inside = text.strip_prefix("<?xml").and_then(|text| text.strip_suffix("?>")).unwrap_or_default();
        let mut attributes = attributes::Attributes::new();
        attributes::split(inside, 3, &mut attributes)
            .map_err(|(what, part)| self.error(ErrorKind::Syntax, what, self.offset(part)))?;
        let mut expected = ["version", "encoding", "standalone"].iter();
        for attribute in &attributes {
            let known = expected.any(|name| *name == attribute.name);
            let ok = match attribute.name {
                "version" => attribute.value == "1.0" || attribute.value == "1.1",
                // Some libraries write the second, which is no registered name but means the same.
                "encoding"
                    if ["utf-8", "utf8"].iter().any(|name| attribute.value.eq_ignore_ascii_case(name)) =>
                {
                    true
                }
                "encoding" => {
                    let what = format!("encoding {:?} is not accepted, only UTF-8", attribute.value);
                    return Err(self.error(ErrorKind::Forbidden, what, self.offset(attribute.value)));
                }
                "standalone" => attribute.value == "yes" || attribute.value == "no",
                _ => false,
            };
            if !known || !ok {
                let what = format!("{}={:?} in the XML declaration", attribute.name, attribute.value);
                return Err(self.error(ErrorKind::Syntax, what, self.offset(attribute.name)));
            }
        }
        if attributes.first().is_some_and(|first| first.name == "version") {
            Ok(())
        } else {
            Err(self.error_at_token(ErrorKind::Syntax, "the XML declaration has no version".to_owned()))
        }
    }

    pub(super) fn instruction(&self, pi: &str) -> Result<(), Error> {
        let target = pi.split(is_space).next().unwrap_or_default();
        if is_ncname(target) && !target.eq_ignore_ascii_case("xml") {
            return Ok(());
        }
        Err(self.error_at_token(ErrorKind::Syntax, format!("{target:?} is no processing instruction")))
    }

    pub(super) fn doctype(&self) -> Error {
        self.error_at_token(ErrorKind::Forbidden, "a DOCTYPE is not accepted".to_owned())
    }

    pub(super) fn misplaced_declaration(&self) -> Error {
        self.error_at_token(ErrorKind::Syntax, "the XML declaration must come first".to_owned())
    }
}
