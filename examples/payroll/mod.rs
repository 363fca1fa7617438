//! What `payroll_managers` and `payroll_units` are asked for.

pub(crate) struct Options {
    pub(crate) store: String,
    pub(crate) commit: bool,
    pub(crate) rows: String,
}

impl Options {
    /// `None` when help is asked for; `rows` is the file when none is named, in the folder of made-up data.
    pub(crate) fn read(
        mut arguments: impl Iterator<Item = String>,
        rows: &str,
    ) -> Result<Option<Options>, String> {
        let mut options = Options {
            store: "out/korsbaek.redb".to_owned(),
            commit: false,
            rows: format!("{}/examples/data/payroll/{rows}", env!("CARGO_MANIFEST_DIR")),
        };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--commit" => options.commit = true,
                "--store" => options.store = arguments.next().ok_or("--store needs a value")?,
                option if option.starts_with("--") => return Err(format!("unknown option {option}")),
                _ => options.rows = argument,
            }
        }
        Ok(Some(options))
    }
}
