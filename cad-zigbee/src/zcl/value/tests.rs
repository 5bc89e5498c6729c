use super::{Content, Value, semi_float};
use crate::error::Error;
use crate::reader::Reader;
use crate::writer::Writer;
use crate::zcl::data_type::DataType;

fn read(data_type: DataType, bytes: &[u8]) -> Result<Value<'_>, Error> {
    let mut reader = Reader::new(bytes);
    let value = Value::read(&mut reader, data_type)?;
    assert!(reader.is_empty(), "{data_type:?} leaves {:?}", reader.rest());
    Ok(value)
}

#[test]
fn the_number_set_aside_for_no_value_is_none_in_every_type_that_has_one() {
    for data_type in DataType::ALL {
        let Some(length @ 1..=8) = data_type.length() else { continue };
        let ones = [0xFF; 8];
        let mut lowest = [0; 8];
        lowest[length - 1] = 0x80;
        let all_ones = read(*data_type, &ones[..length]).unwrap().content();
        let lowest = read(*data_type, &lowest[..length]).unwrap().content();
        match data_type.id() {
            0x08..=0x0F | 0x18..=0x1F => assert!(all_ones.is_some() && lowest.is_some()),
            0x28..=0x2F => {
                assert_eq!(all_ones, Some(Content::Signed(-1)));
                assert_eq!(lowest, None);
            }
            _ => {
                assert_eq!(all_ones, None, "{data_type:?}");
                assert!(lowest.is_some());
            }
        }
    }
    for (data_type, bytes) in [
        (DataType::Octets, &[0xFF][..]),
        (DataType::Text, &[0xFF]),
        (DataType::LongOctets, &[0xFF, 0xFF]),
        (DataType::LongText, &[0xFF, 0xFF]),
        (DataType::Array, &[0x20, 0xFF, 0xFF]),
        (DataType::Set, &[0x20, 0xFF, 0xFF]),
        (DataType::Bag, &[0x20, 0xFF, 0xFF]),
        (DataType::Struct, &[0xFF, 0xFF]),
    ] {
        assert_eq!(read(data_type, bytes).unwrap().content(), None, "{data_type:?}");
    }
}

#[test]
fn semi_floats_are_exact() {
    assert_eq!(semi_float(0x3E00), 1.5);
    assert_eq!(semi_float(0xB800), -0.5);
    assert_eq!(semi_float(0x0001), 2.0_f64.powi(-24));
    assert_eq!(semi_float(0x7BFF), 65504.0);
    assert_eq!(semi_float(0xFC00), f64::NEG_INFINITY);
    assert!(semi_float(0x7E00).is_nan());
    assert!(semi_float(0x8000).is_sign_negative());
}

#[test]
fn lists_and_structures_give_their_elements() {
    let list = read(DataType::Array, &[0x21, 2, 0, 1, 0, 0xFF, 0xFF]).unwrap();
    let Some(Content::List(elements)) = list.content() else { panic!("{list:?}") };
    assert_eq!(elements.len(), 2);
    assert!(elements.iter().map(|value| value.unsigned()).eq([Some(1), None]));

    let structure = read(DataType::Struct, &[2, 0, 0x42, 1, b'x', 0x2A, 0xFD, 0xFF, 0xFF]).unwrap();
    let Some(Content::Struct(elements)) = structure.content() else { panic!("{structure:?}") };
    let elements: Vec<_> = elements.iter().collect();
    assert_eq!((elements[0].text(), elements[1].signed()), (Some("x"), Some(-3)));
}

#[test]
fn refuses_what_has_no_length_and_what_nests_too_deep() {
    assert_eq!(
        read(DataType::Unknown, &[]),
        Err(Error::Malformed { at: 0, what: "a value of unknown type" })
    );
    assert_eq!(read(DataType::Struct, &[1, 0, 0x77]), Err(Error::UnknownType { at: 2, id: 0x77 }));
    let empty = read(DataType::Array, &[0x00, 0, 0]).unwrap();
    assert!(matches!(empty.content(), Some(Content::List(elements)) if elements.is_empty()));
    assert!(matches!(read(DataType::Array, &[0x00, 0xFE, 0xFF]), Err(Error::Malformed { at: 1, .. })));

    let mut nested = [1, 0, 0x4C].repeat(14);
    nested.extend([0, 0]);
    assert!(read(DataType::Struct, &nested).is_ok());
    let nested = [1, 0, 0x4C].repeat(40);
    assert!(matches!(read(DataType::Struct, &nested), Err(Error::Malformed { at: 45, .. })));
}

#[test]
fn numbers_that_do_not_fit_their_type_are_refused() {
    assert!(Value::from_unsigned(DataType::Unsigned48, (1 << 48) - 1).is_ok());
    assert!(Value::from_unsigned(DataType::Unsigned48, 1 << 48).is_err());
    assert!(Value::from_unsigned(DataType::Octets, 1).is_err());
    assert_eq!(Value::from_signed(DataType::Signed24, -8_388_607).unwrap().signed(), Some(-8_388_607));
    assert!(Value::from_signed(DataType::Signed24, -8_388_608).unwrap().is_invalid());
    assert!(Value::from_signed(DataType::Signed24, 8_388_608).is_err());
    assert!(Value::from_signed(DataType::Unsigned24, 1).is_err());
    let long = [0; 255];
    let value = Value::from_octets(DataType::Octets, &long).unwrap();
    assert!(matches!(value.write(&mut Writer::new(&mut [0; 300])), Err(Error::Unwritable { .. })));
}
