//! The examples that the reference publishes, and a few beside them.

use rstest::rstest;

use super::value;

/// The published examples, in the order of the reference.
#[rstest]
#[case::append(r#"Append([u], ".test")"#, "John.Doe@contoso.com.test")]
#[case::coalesce("Coalesce([nothing],[u])", "John.Doe@contoso.com")]
#[case::convert_to_base64(r#"ConvertToBase64("Hello world!")"#, "SABlAGwAbABvACAAdwBvAHIAbABkACEA")]
#[case::convert_to_utf8_hex(r#"ConvertToUTF8Hex("Hello world!")"#, "48656C6C6F20776F726C6421")]
#[case::c_str("CStr([dn])", "cn=Joe,dc=contoso,dc=com")]
#[case::now("Now()", "7/2/2021 3:33:38 PM")]
#[case::ignore(
    r#"Append(IgnoreFlowIfNullOrEmpty(Switch([prefix], "", "3443", "Dr.")), "!")"#,
    "Dr.!"
)]
#[case::iif(r#"IIF([country]="USA",[country],[dn])"#, "USA")]
#[case::iif_and(r#"IIF([country]="USA",IIF([state]="CA","True","False"),"False")"#, "False")]
#[case::iif_or(r#"IIF([country]="USA","True",IIF([state]="CA","True","False"))"#, "True")]
#[case::iif_fails_on_nothing(r#"IIF([nothing]="","Other","else")"#, "else")]
#[case::iif_fails_on_null(r#"IIF(IsNullOrEmpty([nothing]),"Other","else")"#, "else")]
#[case::switch_catches_the_empty_key(r#"Switch([nothing],[nothing],"","Other")"#, "Other")]
#[case::left(r#"Left("John Doe", 3)"#, "Joh")]
#[case::left_of_nothing("Left([nothing], 3)", "")]
#[case::left_none(r#"Left("John Doe", 0)"#, "")]
#[case::left_negative(r#"Left("John Doe", -1)"#, "John Doe")]
#[case::mid(r#"Mid("John", 3, 9)"#, "hn")]
#[case::normalize("NormalizeDiacritics([givenName])", "Zoe")]
#[case::normalize_table(r#"NormalizeDiacritics("ÅŁøœßæǣıȱǛṟṥẕĳ")"#, "ALoeoessaeaeioUrszĳ")]
#[case::p_case("PCase([firstName])", "Pablo Gonsalves (Second)")]
#[case::p_case_separators(r#"PCase([lastName]," '-")"#, "Pinto-De'Silva")]
#[case::p_case_of_a_join(r#"PCase(Join(" ","GREGORY","JAMES"))"#, "Gregory James")]
#[case::p_case_keeps_the_apostrophe(r#"PCase("O'NEIL 3RD")"#, "O'neil 3Rd")]
#[case::replace_text(
    r#"Replace("Product Developer","Product Developer", , , "Software Engineer", , )"#,
    "Software Engineer"
)]
#[case::replace_template(
    r#"Replace("jsmith","<username>", , , , , "<username>@contoso.com")"#,
    "jsmith@contoso.com"
)]
#[case::replace_pattern(
    r#"Replace("+91 9998887777", , "\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})", , "${phoneNumber}", , )"#,
    "9998887777"
)]
#[case::replace_by_number(
    r#"Replace("a1b2", , "([a-z])(\\d)", , "$2$1$$$&${x}$9", , )"#,
    "1a$a1${x}$92b$b2${x}$9"
)]
#[case::replace_collapses(r#"Replace([mobile], , "[()\\s-]+", , "", , )"#, "+19998887777")]
#[case::replace_group(
    r#"Replace("545 Tremont Street", ,"(?<streetNumber>^\\d*)","streetNumber", "888", , )"#,
    "888 Tremont Street"
)]
#[case::replace_suffix(r#"Replace([u], , "(?<Suffix>@(.)*)", "Suffix", "", , )"#, "John.Doe")]
#[case::replace_stand_in(
    r#"Replace("", , "\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})", "phoneNumber" , , "+91 8887779999", )"#,
    "8887779999"
)]
#[case::replace_has_a_source(r#"Replace("1", , "(?<all>.*)", "all" , , "2", )"#, "1")]
#[case::replace_empty_matches(r#"Replace("john_doe72", , "[a-zA-Z_]*", , "", , )"#, "72")]
#[case::replace_domain(r#"Replace([u], "@contoso.com", , ,"", ,)"#, "John.Doe")]
#[case::strip_spaces(r#"StripSpaces(" a b ")"#, "ab")]
#[case::switch(
    r#"Switch([state], "Australia/Sydney", "NSW", "Australia/Sydney","QLD", "Australia/Brisbane")"#,
    "Australia/Brisbane"
)]
#[case::switch_case_counts(r#"Switch("qld", "none", "QLD", "Brisbane")"#, "none")]
#[case::to_lower(
    r#"ToLower(Join("@", NormalizeDiacritics(StripSpaces(Join(".",  "Jöhn", "Smith Q"))), "contoso.com"))"#,
    "john.smithq@contoso.com"
)]
#[case::to_upper(r#"ToUpper("straße i", "sv-SE")"#, "STRAßE I")]
#[case::turkish(r#"ToUpper("i", "tr-TR")"#, "İ")]
#[case::word(r#"Word("The quick brown fox",3," ")"#, "brown")]
#[case::word_of_many(r#"Word("This,string!has&many separators",3,",!&#")"#, "has")]
#[case::no_word(r#"Word("one", 2, " ")"#, "")]
#[case::alias(r#"Append(Mid("John", 1, 3), Mid("Doe", 1, 5))"#, "JohDoe")]
#[case::comma(r#"Join(", ", "", "Doe", "John")"#, "Doe, John")]
#[case::digits_of_an_id(
    r#"Join("", 1000, Replace(ConvertToUTF8Hex("0a-"), , "[a-zA-Z_]*", , "", , ))"#,
    "100030612"
)]
#[case::quotes(r#"Append("Company name: \"Contoso\"", "\\")"#, r#"Company name: "Contoso"\"#)]
fn the_published_examples_hold(#[case] expression: &str, #[case] expected: &str) {
    let attributes = [
        ("u", "John.Doe@contoso.com"),
        ("dn", "cn=Joe,dc=contoso,dc=com"),
        ("country", "USA"),
        ("state", "QLD"),
        ("prefix", "3443"),
        ("givenName", "Zoë"),
        ("mobile", "+1 (999) 888-7777"),
        ("firstName", "PABLO GONSALVES (SECOND)"),
        ("lastName", "PINTO-DE'SILVA"),
    ];

    assert_eq!(value(expression, &attributes), Ok(expected.into()));
}

#[rstest]
#[case::bit_and("BitAnd(&HF, &HF7)", 7)]
#[case::in_str(r#"InStr("The quick brown fox","quick")"#, 5)]
#[case::in_str_from(r#"InStr("repEated","e",3,vbBinaryCompare)"#, 7)]
#[case::in_str_any_case(r#"InStr("repEated","e",3,vbTextCompare)"#, 4)]
#[case::in_str_not_found(r#"InStr("fox","dog")"#, 0)]
#[case::days(r#"DateDiff("d", CDate("2021-08-18+08:00"), CDate("2021-08-31+08:00"))"#, 13)]
#[case::days_back(r#"DateDiff("d", "8/25/2021 5:41:18 PM", CDate("2012-03-16-07:00"))"#, -3449)]
#[case::weeks(r#"DateDiff("ww", "8/25/2021 5:41:18 PM", CDate("2012-03-16-07:00"))"#, -493)]
#[case::months(r#"DateDiff("m", "8/25/2021 5:41:18 PM", CDate("2012-03-16-07:00"))"#, -113)]
#[case::years(r#"DateDiff("yyyy", "8/25/2021 5:41:18 PM", CDate("2012-03-16-07:00"))"#, -9)]
#[case::same(r#"DateDiff("d", CDate("2021-08-31+08:00"), CDate("2021-08-31+08:00"))"#, 0)]
#[case::hours(r#"DateDiff("h", CDate("2021-08-24"), CDate("2021-08-25"))"#, 24)]
#[case::minutes(r#"DateDiff("n", CDate("2021-08-24"), CDate("2021-08-25"))"#, 1440)]
#[case::seconds(r#"DateDiff("s", CDate("2021-08-24"), CDate("2021-08-25"))"#, 86400)]
#[case::workday(
    r#"NumFromDate(Join("", FormatDateTime("2020-12-31-08:00", ,"yyyy-MM-ddzzz", "yyyy-MM-dd"), " 23:59:59-08:00"))"#,
    132_539_615_990_000_000
)]
#[case::success_factors(
    r#"NumFromDate(Join("",FormatDateTime("12/31/2020 01:00:00 AM", ,"M/d/yyyy hh:mm:ss tt","yyyy-MM-dd")," 23:59:59-08:00"))"#,
    132_539_615_990_000_000
)]
fn the_published_numbers_hold(#[case] expression: &str, #[case] expected: i64) {
    assert_eq!(value(expression, &[]), Ok(expected.into()));
}

#[rstest]
#[case::c_date(r#"CDate("2020-03-16-07:00")"#, "3/16/2020 7:00:00 AM")]
#[case::c_date_east(r#"CDate("2021-06-30+08:00")"#, "6/29/2021 4:00:00 PM")]
#[case::c_date_time(r#"CDate("2009-06-15T01:45:30-07:00")"#, "6/15/2009 8:45:30 AM")]
#[case::c_date_fraction(r#"CDate("2009-06-15T01:45:30.125Z")"#, "6/15/2009 1:45:30 AM")]
#[case::add_days(r#"DateAdd("d", 7, CDate("2012-03-16-07:00"))"#, "3/23/2012 7:00:00 AM")]
#[case::days_before(r#"DateAdd("d", -10, CDate("2012-03-16-07:00"))"#, "3/6/2012 7:00:00 AM")]
#[case::add_weeks(r#"DateAdd("ww", 2, CDate("2012-03-16-07:00"))"#, "3/30/2012 7:00:00 AM")]
#[case::add_months(r#"DateAdd("m", 10, CDate("2012-03-16-07:00"))"#, "1/16/2013 7:00:00 AM")]
#[case::add_years(r#"DateAdd("yyyy", 2, CDate("2012-03-16-07:00"))"#, "3/16/2014 7:00:00 AM")]
#[case::end_of_month(r#"DateAdd("m", 1, "1/31/2023")"#, "2/28/2023 12:00:00 AM")]
#[case::from_num("DateFromNum(129699324000000000)", "1/1/2012 11:00:00 PM")]
#[case::format(
    r#"FormatDateTime("20150123105347.1Z", , "yyyyMMddHHmmss.fZ","yyyy-MM-dd")"#,
    "2015-01-23"
)]
#[case::names(
    r#"FormatDateTime("Fri 5 Jan 24", "AllowInnerWhite", "ddd d MMM yy", "dddd, d MMMM yyy 'at' h tt")"#,
    "Friday, 5 January 2024 at 12 AM"
)]
#[case::no_date(
    r#"FormatDateTime("07:08", "NoCurrentDateDefault", "HH:mm", "yyyy-MM-dd'T'HH:mm:ss.ffK")"#,
    "0001-01-01T07:08:00.00"
)]
#[case::today(
    r#"FormatDateTime("07:08 +02", , "HH:mm zz", "MM/dd HH:mmK zzz")"#,
    "07/02 05:08Z +00:00"
)]
#[case::odd_parts(r#"FormatDateTime("2024-01-05", , "yyyy-MM-dd", "%d\\d M%y")"#, "5d 124")]
fn points_in_time_are_read_and_written(#[case] expression: &str, #[case] expected: &str) {
    assert_eq!(value(expression, &[]), Ok(expected.into()));
}
