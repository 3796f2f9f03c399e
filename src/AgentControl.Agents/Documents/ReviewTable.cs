using System.Globalization;
using System.Text;

namespace AgentControl.Agents.Documents;

/// <summary>The summary of all documents, as the reviewer sees it and as spreadsheets read it.</summary>
internal sealed class ReviewTable(IReadOnlyList<DocumentFindings> documents, IReadOnlyList<SkippedDocument> skipped)
{
    /// <summary>An approval's content stays below 1 MiB, each letter escaped; longer tables refer to the CSV.</summary>
    private const int MostCharacters = 120_000;
    private const int CellCharacters = 120;

    public string ToMarkdown(string title)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {MarkdownText.Line(title)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{documents.Count} analysed, {skipped.Count} skipped.\n\n");
        if (documents.Count > 0)
        {
            text.Append(
                "| Document | Parties | Amounts | Governing law | Term | Clauses |\n|---|---|---|---|---|---|\n"
            );
            AppendEach(text, documents, Row);
        }

        if (skipped.Count > 0)
        {
            text.Append("\n## Skipped\n\n");
            AppendEach(text, skipped, s => $"- {MarkdownText.Line(s.Name)}: {MarkdownText.Line(s.Reason)}\n");
        }

        if (documents.Count > 0)
        {
            text.Append("\n## Summaries\n");
            AppendEach(text, documents, d => $"\n### {MarkdownText.Line(d.Name)}\n\n{Sentences(d)}\n");
        }

        return text.ToString();
    }

    public string ToCsv()
    {
        var csv = new StringBuilder();
        CsvText.AppendRow(
            csv,
            "document",
            "status",
            "reason",
            "parties",
            "dates",
            "amounts",
            "governingLaw",
            "term",
            "clauses",
            "definedTerms",
            "summary",
            "sha256",
            "analyser"
        );
        foreach (var d in documents)
        {
            CsvText.AppendRow(
                csv,
                d.Name,
                "analysed",
                "",
                Join(d.Parties.Select(p => p.Text)),
                Join(d.Dates.Select(date => date.Iso.ToString("O", CultureInfo.InvariantCulture))),
                Join(d.Amounts.Select(Money)),
                Flat(d.GoverningLaw?.Text ?? ""),
                Flat(d.Term?.Text ?? ""),
                Join(d.Clauses.Select(c => c.Kind).Distinct(StringComparer.Ordinal)),
                Join(d.DefinedTerms.Select(t => t.Text)),
                Flat(d.Summary ?? ""),
                d.Sha256,
                d.Analyser
            );
        }

        foreach (var s in skipped)
        {
            CsvText.AppendRow(csv, s.Name, "skipped", s.Reason, "", "", "", "", "", "", "", "", "", "");
        }

        return csv.ToString();
    }

    private static string Row(DocumentFindings d)
    {
        var largest = d
            .Amounts.GroupBy(a => a.Currency, StringComparer.Ordinal)
            .Select(g => Money(g.MaxBy(a => a.Value)!))
            .Take(2);
        var amounts =
            d.Amounts.Count == 0
                ? "–"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{d.Amounts.Count}, up to {string.Join(" and ", largest)}"
                );
        return $"| {Cell(d.Name)} | {Cell(Join(d.Parties.Select(p => p.Text)))} | {Cell(amounts)} | {Cell(d.GoverningLaw?.Text)} | {Cell(d.Term?.Text)} | {Cell(Join(d.Clauses.Select(c => c.Kind).Distinct(StringComparer.Ordinal)))} |\n";
    }

    /// <summary>Appends while there is room, and says how many were left out.</summary>
    private static void AppendEach<T>(StringBuilder text, IReadOnlyList<T> items, Func<T, string> write)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (text.Length > MostCharacters)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{items.Count - i} more are in summary.csv.\n");
                return;
            }

            text.Append(write(items[i]));
        }
    }

    private static string Sentences(DocumentFindings document) =>
        document.SummarySentences.Count == 0
            ? "No sentence could be chosen."
            : string.Join("\n\n", document.SummarySentences.Select(sentence => MarkdownText.Line(sentence.Text)));

    private static string Cell(string? text) =>
        string.IsNullOrWhiteSpace(text) ? "–" : MarkdownText.Line(text, CellCharacters);

    private static string Money(AmountFinding amount) =>
        string.Create(CultureInfo.InvariantCulture, $"{amount.Currency} {amount.Value:#,0.##}");

    private static string Join(IEnumerable<string> texts) => string.Join("; ", texts.Select(Flat));

    private static string Flat(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
