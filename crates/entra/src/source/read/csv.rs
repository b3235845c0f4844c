//! The rows of a CSV file ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180)), with their lines.

use smol_str::SmolStr;

use super::{DirectoryRow, RELATIONS, RowKind, broken, typed};
use crate::attributes::{ObjectType, source_attribute};
use crate::source::DirectoryFileError;

pub(super) fn rows(file: &str, text: &str) -> Result<Vec<DirectoryRow>, DirectoryFileError> {
    let mut records = records(file, text)?.into_iter();
    let Some((line, columns)) = records.next() else {
        return Err(broken(file, 1, "expected a line with the names of attributes"));
    };
    for (index, column) in columns.iter().enumerate() {
        let known = RELATIONS.contains(&column.as_str())
            || source_attribute(ObjectType::User, column).is_ok();
        if !known {
            let why = source_attribute(ObjectType::User, column).expect_err("it is unknown");
            return Err(DirectoryFileError { field: column.clone(), ..broken(file, line, why) });
        }
        if columns[..index].contains(column) {
            let why = "stands twice in the first line";
            return Err(DirectoryFileError { field: column.clone(), ..broken(file, line, why) });
        }
    }
    records.map(|(line, cells)| row(file, line, &columns, &cells)).collect()
}

fn row(
    file: &str,
    line: usize,
    columns: &[String],
    cells: &[String],
) -> Result<DirectoryRow, DirectoryFileError> {
    if cells.len() != columns.len() {
        let (found, wanted) = (cells.len(), columns.len());
        return Err(broken(file, line, format!("expected {wanted} cells, found {found}")));
    }
    let mut fields = Vec::new();
    for (name, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        let value = typed(ObjectType::User, name, cell).map_err(|it| it.at(file, line))?;
        fields.push((SmolStr::from(name), value));
    }
    Ok(DirectoryRow { line, of: RowKind::Object(ObjectType::User), fields })
}

/// Reads the cells of each record, with its first line. Empty lines are skipped.
fn records(file: &str, text: &str) -> Result<Vec<(usize, Vec<String>)>, DirectoryFileError> {
    let mut records = Vec::new();
    let (mut line, mut start) = (1, 1);
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let (mut quoted, mut was_quoted) = (false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        line += usize::from(character == '\n');
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                cell.push('"');
                characters.next();
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() && !was_quoted => (quoted, was_quoted) = (true, true),
            '"' => return Err(broken(file, line, "a quote inside a cell is written twice")),
            _ if quoted => cell.push(character),
            ',' => {
                cells.push(std::mem::take(&mut cell));
                was_quoted = false;
            }
            '\n' => {
                if !cells.is_empty() || !cell.is_empty() || was_quoted {
                    cells.push(std::mem::take(&mut cell));
                    records.push((start, std::mem::take(&mut cells)));
                }
                (start, was_quoted) = (line, false);
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            _ if was_quoted => {
                return Err(broken(file, line, "expected a comma behind the closing quote"));
            }
            _ => cell.push(character),
        }
    }
    if quoted {
        return Err(broken(file, start, "a cell's quote is not closed"));
    }
    if !cells.is_empty() || !cell.is_empty() || was_quoted {
        cells.push(cell);
        records.push((start, cells));
    }
    Ok(records)
}
