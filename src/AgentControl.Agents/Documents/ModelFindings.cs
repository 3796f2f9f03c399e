using System.ComponentModel;
using System.Globalization;

namespace AgentControl.Agents.Documents;

/// <summary>What a model is asked to find in a document. Each passage is a quotation: it counts where the document says it.</summary>
internal sealed record ModelFindings(
    [property: Description("The parties, as the contract names them.")] IReadOnlyList<string> Parties,
    [property: Description("Every calendar date that is written out.")] IReadOnlyList<ModelDate> Dates,
    [property: Description("Every sum of money.")] IReadOnlyList<ModelAmount> Amounts,
    [property: Description("The passage that names the governing law, or null.")] string? GoverningLaw,
    [property: Description("The passage that says how long the contract runs, or null.")] string? Term,
    [property: Description("The headings or first sentences of the clauses of these kinds.")]
        IReadOnlyList<ModelClause> Clauses,
    [property: Description("The terms that the contract defines, without their quotation marks.")]
        IReadOnlyList<string> DefinedTerms
)
{
    /// <summary>What is wrong with the answer, in sentences for the model.</summary>
    public IEnumerable<string> ProblemsIn(string text) =>
        Parties
            .Select(quote => ("parties", quote))
            .Concat(Dates.Select(date => ("dates", date.Quote)))
            .Concat(Amounts.Select(amount => ("amounts", amount.Quote)))
            .Concat(Clauses.Select(clause => ("clauses", clause.Quote)))
            .Concat(DefinedTerms.Select(quote => ("definedTerms", quote)))
            .Concat(GoverningLaw is { } law ? [("governingLaw", law)] : [])
            .Concat(Term is { } term ? [("term", term)] : [])
            .Where(passage => QuoteFinder.Find(text, passage.Item2) is null)
            .Select(passage => $"{passage.Item1}: the document does not say '{passage.Item2}'. Quote it word for word.")
            .Concat(
                Dates
                    .Where(date => date.ToDate() is null)
                    .Select(date => $"dates: '{date.Iso}' is no date. Write yyyy-MM-dd.")
            )
            .Concat(
                Clauses
                    .Where(clause => !ClauseKinds.All.Contains(clause.Kind, StringComparer.Ordinal))
                    .Select(clause => $"clauses: the kind '{clause.Kind}' is not asked for.")
            );

    /// <summary>The findings with their places. Only of an answer without problems.</summary>
    public DocumentFindings In(DocumentText document, string analyser)
    {
        var text = document.Text;
        Finding At(string quote) => QuoteFinder.Find(text, quote)!;
        return new(
            document.Name,
            document.Sha256,
            [.. Parties.Select(At)],
            [.. Dates.Select(date => date.In(At(date.Quote)))],
            [.. Amounts.Select(amount => amount.In(At(amount.Quote)))],
            GoverningLaw is { } law ? At(law) : null,
            Term is { } term ? At(term) : null,
            [.. Clauses.Select(clause => clause.In(At(clause.Quote)))],
            [.. DefinedTerms.Select(At)],
            Summary: null,
            SummarySentences: [],
            analyser
        );
    }
}

/// <summary>A date as written, and as <c>yyyy-MM-dd</c>.</summary>
internal sealed record ModelDate(string Quote, [property: Description("yyyy-MM-dd")] string Iso)
{
    /// <summary>Null where <see cref="Iso"/> is no date.</summary>
    public DateOnly? ToDate() =>
        DateOnly.TryParseExact(Iso, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    public DateFinding In(Finding at) => new(at.Text, at.Start, at.End, ToDate()!.Value);
}

/// <summary>A sum as written, its value, and its currency.</summary>
internal sealed record ModelAmount(
    string Quote,
    decimal Value,
    [property: Description("ISO 4217, such as EUR")] string Currency
)
{
    public AmountFinding In(Finding at) => new(at.Text, at.Start, at.End, Value, Currency);
}

/// <summary>A clause of a kind that is asked for.</summary>
internal sealed record ModelClause(
    [property: Description("termination, liability, indemnity, confidentiality, forceMajeure or assignment")]
        string Kind,
    string Quote
)
{
    public ClauseFinding In(Finding at) => new(Kind, at.Text, at.Start, at.End);
}

/// <summary>The sentences that tell most about a document.</summary>
internal sealed record ModelSummary(
    [property: Description("Three to six sentences of the document, word for word.")] IReadOnlyList<string> Sentences
)
{
    public IEnumerable<string> ProblemsIn(string text) =>
        Sentences.Count == 0
            ? ["sentences: choose at least one."]
            : Sentences
                .Where(quote => QuoteFinder.Find(text, quote) is null)
                .Select(quote => $"sentences: the document does not say '{quote}'. Quote it word for word.");

    /// <summary>The sentences in the order in which they stand in the document. Only of an answer without problems.</summary>
    public IReadOnlyList<Finding> In(string text) =>
        [.. Sentences.Select(quote => QuoteFinder.Find(text, quote)!).DistinctBy(f => f.Start).OrderBy(f => f.Start)];
}
