//! How commands, choices and flags are set down: name, wire type and meaning of a field in one line.

/// Defines the enum of all commands of a cluster, and those commands themselves that are not said to be defined
/// `elsewhere`: see [`payloads`].
macro_rules! commands {
    (
        $(#[$enum_doc:meta])*
        $cluster:ident $(<$enum_life:lifetime>)?
        $(
            $(#[$doc:meta])*
            $name:ident $(<$life:lifetime>)? = $id:literal $direction:ident
            { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }
            $(+ tail { $($(#[$tail_doc:meta])* $tail:ident: $tail_type:ty,)* })?
        )*
        $(+ elsewhere $($hand:ident $(<$hand_life:lifetime>)?),+)?
    ) => {
        $(#[$enum_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Command $(<$enum_life>)? {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name($name $(<$life>)?),
            )*
            $($(
                #[doc = concat!("See [`", stringify!($hand), "`].")]
                $hand($hand $(<$hand_life>)?),
            )+)?
        }

        impl<'a> $crate::energy::Commands<'a> for Command $(<$enum_life>)? {
            const CLUSTER: $crate::zcl::ClusterId = $crate::zcl::ClusterId::$cluster;

            fn read(
                direction: $crate::zcl::Direction,
                id: u8,
                reader: &mut $crate::reader::Reader<'a>,
            ) -> $crate::Result<Option<Self>> {
                use $crate::energy::Payload;
                $(
                    if id == $name::ID && direction == $name::DIRECTION {
                        return $name::read(reader).map(|command| Some(Self::$name(command)));
                    }
                )*
                $($(
                    if id == $hand::ID && direction == $hand::DIRECTION {
                        return $hand::read(reader).map(|command| Some(Self::$hand(command)));
                    }
                )+)?
                Ok(None)
            }

            fn write(&self, writer: &mut $crate::writer::Writer<'_>) -> $crate::Result<()> {
                match self {
                    $(Self::$name(command) => $crate::energy::Payload::write(command, writer),)*
                    $($(Self::$hand(command) => $crate::energy::Payload::write(command, writer),)+)?
                }
            }

            fn identity(&self) -> ($crate::zcl::Direction, u8) {
                use $crate::energy::Payload;
                match self {
                    $(Self::$name(_) => ($name::DIRECTION, $name::ID),)*
                    $($(Self::$hand(_) => ($hand::DIRECTION, $hand::ID),)+)?
                }
            }
        }

        $crate::energy::define::payloads! {
            $cluster
            $(
                $(#[$doc])*
                $name $(<$life>)? = $id $direction
                { $($(#[$field_doc])* $field: $type,)* }
                $(+ tail { $($(#[$tail_doc])* $tail: $tail_type,)* })?
            )*
        }
    };
}

/// Defines commands of a cluster.
///
/// Fields are in wire order. Those in `tail` may be absent, from the last on: devices of earlier editions do not send
/// them.
macro_rules! payloads {
    (
        $cluster:ident
        $(
            $(#[$doc:meta])*
            $name:ident $(<$life:lifetime>)? = $id:literal $direction:ident
            { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }
            $(+ tail { $($(#[$tail_doc:meta])* $tail:ident: $tail_type:ty,)* })?
        )*
    ) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub struct $name $(<$life>)? {
                $($(#[$field_doc])* pub $field: $type,)*
                $($($(#[$tail_doc])* pub $tail: Option<$tail_type>,)*)?
            }

            impl<'a> $crate::energy::Payload<'a> for $name $(<$life>)? {
                const CLUSTER: $crate::zcl::ClusterId = $crate::zcl::ClusterId::$cluster;
                const DIRECTION: $crate::zcl::Direction = $crate::energy::define::$direction;
                const ID: u8 = $id;

                #[allow(unused_variables, reason = "not all commands have fields")]
                fn read(reader: &mut $crate::reader::Reader<'a>) -> $crate::Result<Self> {
                    Ok(Self {
                        $($field: $crate::energy::field::Field::read(reader)?,)*
                        $($($tail: $crate::energy::define::read_tail(reader)?,)*)?
                    })
                }

                #[allow(unused_variables, reason = "not all commands have fields")]
                fn write(&self, writer: &mut $crate::writer::Writer<'_>) -> $crate::Result<()> {
                    $($crate::energy::field::Field::write(&self.$field, writer)?;)*
                    $(
                        let mut tail = $crate::energy::define::Tail::new(writer);
                        $(tail.write(self.$tail.as_ref())?;)*
                    )?
                    Ok(())
                }
            }
        )*
    };
}

/// Defines groups of fields of which commands have lists.
macro_rules! groups {
    ($(
        $(#[$doc:meta])*
        $name:ident $(<$life:lifetime>)? { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name $(<$life>)? {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl<'a> $crate::energy::field::Field<'a> for $name $(<$life>)? {
            fn read(reader: &mut $crate::reader::Reader<'a>) -> $crate::Result<Self> {
                Ok(Self { $($field: $crate::energy::field::Field::read(reader)?,)* })
            }

            fn write(&self, writer: &mut $crate::writer::Writer<'_>) -> $crate::Result<()> {
                $($crate::energy::field::Field::write(&self.$field, writer)?;)*
                Ok(())
            }
        }
    )*};
}

/// Defines an open list of choices of one byte.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($id:literal $choice:ident $choice_doc:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = $choice_doc] $choice,)*
            /// One that the standard does not define, or 0xFF for none.
            Other(u8),
        }

        impl $name {
            /// The choice with this identifier.
            pub const fn from_id(id: u8) -> Self {
                match id {
                    $($id => Self::$choice,)*
                    other => Self::Other(other),
                }
            }

            /// Its identifier.
            pub const fn id(self) -> u8 {
                match self {
                    $(Self::$choice => $id,)*
                    Self::Other(other) => other,
                }
            }
        }

        impl<'a> $crate::energy::field::Field<'a> for $name {
            fn read(reader: &mut $crate::reader::Reader<'a>) -> $crate::Result<Self> {
                reader.u8().map(Self::from_id)
            }

            fn write(&self, writer: &mut $crate::writer::Writer<'_>) -> $crate::Result<()> {
                writer.u8(self.id())
            }
        }
    };
}

/// Defines a set of flags; numbers of several bits within it have methods of their own.
macro_rules! flags {
    ($(#[$doc:meta])* $name:ident($raw:ident) { $($bits:literal $flag:ident $flag_doc:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(
            /// All bits.
            pub $raw,
        );

        impl $name {
            /// No flag.
            pub const NONE: Self = Self(0);
            $(#[doc = $flag_doc] pub const $flag: Self = Self($bits);)*

            /// Whether all flags of `other` are set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The flags of both.
            pub const fn with(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl<'a> $crate::energy::field::Field<'a> for $name {
            fn read(reader: &mut $crate::reader::Reader<'a>) -> $crate::Result<Self> {
                $crate::energy::field::Field::read(reader).map(Self)
            }

            fn write(&self, writer: &mut $crate::writer::Writer<'_>) -> $crate::Result<()> {
                $crate::energy::field::Field::write(&self.0, writer)
            }
        }
    };
}

pub(super) use {choice, commands, flags, groups, payloads};

use super::field::Field;
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::Direction;

/// Commands that the server of a cluster sends.
#[expect(non_upper_case_globals, reason = "a word in the definition of a command")]
pub(super) const server: Direction = Direction::ServerToClient;
/// Commands that the client of a cluster sends.
#[expect(non_upper_case_globals, reason = "a word in the definition of a command")]
pub(super) const client: Direction = Direction::ClientToServer;

/// A field that may be absent at the end.
pub(super) fn read_tail<'a, T: Field<'a>>(reader: &mut Reader<'a>) -> Result<Option<T>> {
    if reader.is_empty() { Ok(None) } else { T::read(reader).map(Some) }
}

/// Fields that may be absent at the end, from the last on.
pub(super) struct Tail<'w, 'b> {
    writer: &'w mut Writer<'b>,
    ended: bool,
}

impl<'w, 'b> Tail<'w, 'b> {
    pub(super) const fn new(writer: &'w mut Writer<'b>) -> Self {
        Self { writer, ended: false }
    }

    pub(super) fn write<'a, T: Field<'a>>(&mut self, field: Option<&T>) -> Result<()> {
        match field {
            Some(_) if self.ended => Err(Error::Unwritable { what: "a field behind one that is left out" }),
            Some(field) => field.write(self.writer),
            None => {
                self.ended = true;
                Ok(())
            }
        }
    }
}
