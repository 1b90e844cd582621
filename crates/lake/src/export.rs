//! Queries in SQL, and results as files.

use crate::{Lake, LakeError};
use aisle_domain::facts;
use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::DataFrame;
use deltalake::delta_datafusion::create_session;
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use std::io::Write;

/// What to export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportSource {
    /// A whole fact table, by name.
    Table(String),
    /// The result of a query over the tables `sales`, `features`, `prices` and `promotions`.
    Sql(String),
}

/// How to write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated (RFC 4180), UTF-8, a header, days as YYYY-MM-DD, nothing for null.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl Lake {
    /// Answers a query over the fact tables. Reading only: statements that
    /// define, change or configure anything are refused.
    ///
    /// # Errors
    /// [`LakeError::Query`] where the query is not valid or fails.
    pub async fn sql(&self, query: &str) -> Result<Vec<RecordBatch>, LakeError> {
        Ok(self.sql_frame(query).await?.collect().await?)
    }

    /// Writes a table or a query's result, in bounded memory. Returns the number of rows.
    ///
    /// # Errors
    /// [`LakeError::UnknownTable`], [`LakeError::Query`], [`LakeError::Write`].
    pub async fn export<W: Write + Send>(
        &self,
        source: &ExportSource,
        format: ExportFormat,
        writer: W,
    ) -> Result<u64, LakeError> {
        let frame = match source {
            ExportSource::Table(name) => {
                let unknown = || LakeError::UnknownTable { name: name.clone() };
                let table = facts::TABLES.into_iter().find(|table| table.name == name).ok_or_else(unknown)?;
                self.frame(table).await?
            }
            ExportSource::Sql(query) => self.sql_frame(query).await?,
        };
        match format {
            ExportFormat::Csv => export_csv(frame, writer).await,
            ExportFormat::Parquet => export_parquet(frame, writer).await,
        }
    }

    async fn sql_frame(&self, query: &str) -> Result<DataFrame, LakeError> {
        let session = create_session().into_inner();
        for table in facts::TABLES {
            session.register_table(table.name, self.frame(table).await?.into_view())?;
        }
        let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        Ok(session.sql_with_options(query, reading).await?)
    }
}

async fn export_csv<W: Write>(frame: DataFrame, writer: W) -> Result<u64, LakeError> {
    let mut writer = csv::Writer::from_writer(writer);
    let broken = |error: csv::Error| LakeError::Write(std::io::Error::other(error));
    writer.write_record(frame.schema().fields().iter().map(|field| field.name())).map_err(broken)?;
    let mut rows = 0;
    let mut batches = frame.execute_stream().await?;
    let mut text = String::new();
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let options = FormatOptions::default().with_display_error(false).with_null("");
        let columns: Result<Vec<_>, _> = batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options)).collect();
        let columns = columns?;
        for row in 0..batch.num_rows() {
            for column in &columns {
                text.clear();
                column.value(row).write(&mut text)?;
                writer.write_field(&text).map_err(broken)?;
            }
            writer.write_record(None::<&[u8]>).map_err(broken)?;
        }
        rows += batch.num_rows() as u64;
    }
    writer.flush()?;
    Ok(rows)
}

async fn export_parquet<W: Write + Send>(frame: DataFrame, writer: W) -> Result<u64, LakeError> {
    let broken = |error: parquet::errors::ParquetError| LakeError::Write(std::io::Error::other(error));
    let mut batches = frame.execute_stream().await?;
    let properties = crate::append::writer_properties();
    let mut writer = ArrowWriter::try_new(writer, batches.schema(), Some(properties)).map_err(broken)?;
    let mut rows = 0;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        writer.write(&batch).map_err(broken)?;
        rows += batch.num_rows() as u64;
    }
    writer.close().map_err(broken)?;
    Ok(rows)
}
