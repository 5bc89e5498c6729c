//! The types of signatures, of Atom and of Green Button, one in a line: name, attributes, content.
//!
//! A name that begins with a dot is that of a type whose elements may not stand where any element may.
//!
//! Attributes are `name:type`, with `!` where they are required; `xml` is those that all of Atom has, `*` any at all.
//! Content is `=type`, or a model as DTDs have it: elements in order, `( | )` for a choice, and `?`, `*` or `+`. A name
//! may have a type of its own behind it (`=` for one of the simple ones, `:` for one of this table). `~` stands for
//! text in between, `any` and `other` for elements of all or of other namespaces, with `!` if they have to be known.

/// A line.
pub(super) type Line = (&'static str, &'static str, &'static str);

pub(super) const DS: &[Line] = &[
    ("Signature", "Id:id", "SignedInfo SignatureValue KeyInfo? Object*"),
    ("SignatureValue", "Id:id", "=base64"),
    ("SignedInfo", "Id:id", "CanonicalizationMethod SignatureMethod Reference+"),
    ("CanonicalizationMethod", "Algorithm!:uri", "~ any!*"),
    ("SignatureMethod", "Algorithm!:uri", "~ HMACOutputLength=integer? other!*"),
    ("Reference", "Id:id URI:uri Type:uri", "Transforms? DigestMethod DigestValue=base64"),
    ("Transforms", "", "Transform+"),
    ("Transform", "Algorithm!:uri", "~ ( other | XPath=string )*"),
    ("DigestMethod", "Algorithm!:uri", "~ other*"),
    ("DigestValue", "", "=base64"),
    (
        "KeyInfo",
        "Id:id",
        "~ ( KeyName | KeyValue | RetrievalMethod | X509Data | PGPData | SPKIData | MgmtData | other )+",
    ),
    ("KeyName", "", "=string"),
    ("MgmtData", "", "=string"),
    ("KeyValue", "", "~ ( DSAKeyValue | RSAKeyValue | other )"),
    ("RetrievalMethod", "URI:uri Type:uri", "Transforms?"),
    (
        "X509Data",
        "",
        "( X509IssuerSerial | X509SKI=base64 | X509SubjectName=string | X509Certificate=base64 | X509CRL=base64 | other )+",
    ),
    (".X509IssuerSerial", "", "X509IssuerName=string X509SerialNumber=integer"),
    ("PGPData", "", "( ( PGPKeyID=base64 PGPKeyPacket=base64? other* ) | ( PGPKeyPacket=base64 other* ) )"),
    ("SPKIData", "", "( SPKISexp=base64 other? )+"),
    ("Object", "Id:id MimeType:string Encoding:uri", "~ any*"),
    ("Manifest", "Id:id", "Reference+"),
    ("SignatureProperties", "Id:id", "SignatureProperty+"),
    ("SignatureProperty", "Target!:uri Id:id", "~ other+"),
    (
        "DSAKeyValue",
        "",
        "( P=base64 Q=base64 )? G=base64? Y=base64 J=base64? ( Seed=base64 PgenCounter=base64 )?",
    ),
    ("RSAKeyValue", "", "Modulus=base64 Exponent=base64"),
];

pub(super) const DSIG11: &[Line] = &[
    ("ECKeyValue", "Id:id", "( ECParameters | NamedCurve ) PublicKey=base64"),
    (".NamedCurve", "URI!:uri", ""),
    (".ECParameters", "", "FieldID Curve Base=base64 Order=base64 CoFactor=integer? ValidationData?"),
    (".FieldID", "", "( Prime | TnB | PnB | GnB | other )"),
    (".Curve", "", "A=base64 B=base64"),
    (".ValidationData", "hashAlgorithm!:uri", "seed=base64"),
    ("Prime", "", "P=base64"),
    ("GnB", "", "M=positive"),
    ("TnB", "", "M=positive K=positive"),
    ("PnB", "", "M=positive K1=positive K2=positive K3=positive"),
    ("DEREncodedKeyValue", "Id:id", "=base64"),
    ("KeyInfoReference", "URI!:uri Id:id", ""),
    ("X509Digest", "Algorithm!:uri", "=base64"),
];

pub(super) const ATOM: &[Line] = &[
    (
        "feed",
        "xml",
        "( author:.person | category | contributor:.person | generator | icon:.uri | id:.uri | link | logo:.uri | rights:.text | subtitle:.text | title:.text | updated:.dateTime | entry | other! )*",
    ),
    (
        "entry",
        "xml",
        "( author:.person | category | content | contributor:.person | id:.uri | link | published:.dateTime | rights:.text | source:.text | summary:.text | title:.text | updated:.dateTime | other! )*",
    ),
    (".text", "type:text xml", "~ xhtml!?"),
    (".person", "xml", "( name=string | uri:.uri | email=email | other! )*"),
    (".content", "type:string src:uri xml", "~ other!*"),
    (".category", "term!:string scheme:uri label:string xml", ""),
    (".generator", "uri:uri version:string xml", "=string"),
    (".uri", "xml", "=uri"),
    (".dateTime", "xml", "=dateTime"),
    (".link", "href!:uri rel:string type:string hreflang:nmtoken title:string length:positive xml", "~"),
];

pub(super) const ESPI: &[Line] = &[
    ("Object", "", "extension*"),
    (".extension", "*", "~ any*"),
    ("IdentifiedObject", "", "extension* batchItemInfo:BatchItemInfo?"),
    ("BatchItemInfo", "", "extension* name=hex2? operation=u16? statusCode=u16? statusReason=string256?"),
    (
        "IntervalBlock",
        "",
        "extension* batchItemInfo:BatchItemInfo? interval:DateTimeInterval? IntervalReading*",
    ),
    ("DateTimeInterval", "", "extension* duration=u32? start=i64?"),
    ("IntervalReading", "", "extension* cost=i48? ReadingQuality* timePeriod:DateTimeInterval? value=i48?"),
    ("ReadingQuality", "", "extension* quality=u16"),
    ("MeterReading", "", "extension* batchItemInfo:BatchItemInfo?"),
    (
        "ReadingType",
        "",
        "extension* batchItemInfo:BatchItemInfo? accumulationBehaviour=u16? commodity=u16? consumptionTier=i16? currency=u16? dataQualifier=u16? defaultQuality=u16? flowDirection=u16? intervalLength=u32? kind=u16? phase=u16? powerOfTenMultiplier=i16? timeAttribute=u16? tou=i16? uom=u16? cpp=i16? interharmonic:.rational? measuringPeriod=u16? argument:.rational?",
    ),
    (".rational", "", "numerator=integer? denominator:.extension?"),
    (
        "UsagePoint",
        "",
        "extension* batchItemInfo:BatchItemInfo? roleFlags=hex2? ServiceCategory? status=u8? ServiceDeliveryPoint?",
    ),
    (".ServiceCategory", "", "extension* kind=u16"),
    (
        ".ServiceDeliveryPoint",
        "",
        "extension* name=string256? tariffProfile=string256? customerAgreement=string256?",
    ),
    (
        "ElectricPowerQualitySummary",
        "",
        "extension* batchItemInfo:BatchItemInfo? flickerPlt=i48? flickerPst=i48? harmonicVoltage=i48? longInterruptions=i48? mainsVoltage=i48? measurementProtocol=u8? powerFrequency=i48? rapidVoltageChanges=i48? shortInterruptions=i48? summaryInterval:DateTimeInterval supplyVoltageDips=i48? supplyVoltageImbalance=i48? supplyVoltageVariations=i48? tempOvervoltage=i48?",
    ),
    (
        "ElectricPowerUsageSummary",
        "",
        "extension* batchItemInfo:BatchItemInfo? billingPeriod:DateTimeInterval? billLastPeriod=i48? billToDate=i48? costAdditionalLastPeriod=i48? costAdditionalDetailLastPeriod:.LineItem* currency=u16? overallConsumptionLastPeriod:SummaryMeasurement? currentBillingPeriodOverAllConsumption:SummaryMeasurement? currentDayLastYearNetConsumption:SummaryMeasurement? currentDayNetConsumption:SummaryMeasurement? currentDayOverallConsumption:SummaryMeasurement? peakDemand:SummaryMeasurement? previousDayLastYearOverallConsumption:SummaryMeasurement? previousDayNetConsumption:SummaryMeasurement? previousDayOverallConsumption:SummaryMeasurement? qualityOfReading=u16? ratchetDemand:SummaryMeasurement? ratchetDemandPeriod:DateTimeInterval? statusTimeStamp=i64",
    ),
    (".LineItem", "", "amount=i48 rounding=i48? dateTime=i64 note=string256"),
    ("SummaryMeasurement", "", "extension* powerOfTenMultiplier=i16? timeStamp=i64? uom=u16? value=i48?"),
    ("ServiceStatus", "", "extension* currentStatus=u16"),
    (
        "LocalTimeParameters",
        "",
        "extension* batchItemInfo:BatchItemInfo? dstEndRule=hex4 dstOffset=i64 dstStartRule=hex4 tzOffset=i64",
    ),
];
