using System.ComponentModel;
using System.Globalization;
using AgentControl.Agents.Documents;

namespace AgentControl.Agents.Articles;

/// <summary>What a model found in one source. Each claim is borne out by a quotation.</summary>
internal sealed record SourceNotes(
    [property: Description("What the source says about the topic; empty where it says nothing of it.")]
        IReadOnlyList<SourceClaim> Claims
)
{
    public IEnumerable<string> ProblemsIn(string text) =>
        Claims
            .Where(claim => QuoteFinder.Find(text, claim.Quote) is null)
            .Select(claim => $"claims: the source does not say '{claim.Quote}'. Quote it word for word.");
}

internal sealed record SourceClaim(
    [property: Description("The claim in one sentence.")] string Statement,
    [property: Description("The passage of the source that says it, word for word.")] string Quote
);

/// <summary>A claim with the name by which a model speaks of it.</summary>
/// <param name="Id">Such as <c>s2c1</c>: the first claim of the second source.</param>
/// <param name="Mark">How an article cites the source, such as <c>s2</c>.</param>
internal sealed record Claim(string Id, string Mark, string Source, string Statement, string Quote)
{
    public static IEnumerable<Claim> Of(int source, string name, SourceNotes notes)
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"s{source}");
        return notes.Claims.Select(
            (claim, n) =>
                new Claim(
                    string.Create(CultureInfo.InvariantCulture, $"{mark}c{n + 1}"),
                    mark,
                    name,
                    claim.Statement,
                    claim.Quote
                )
        );
    }

    public override string ToString() => $"[{Id}] {Statement} (\"{Quote}\")";
}

/// <summary>Questions on which claims cannot all be right.</summary>
internal sealed record Comparison(
    [property: Description("Questions that claims of different sources answer differently; empty where they agree.")]
        IReadOnlyList<Conflict> Conflicts
)
{
    public IEnumerable<string> ProblemsIn(IReadOnlyList<Claim> claims)
    {
        foreach (var conflict in Conflicts)
        {
            foreach (var side in conflict.Sides.Where(side => claims.All(claim => claim.Id != side.Claim)))
                yield return $"conflicts: there is no claim '{side.Claim}'.";
            if (conflict.Sides.Select(side => side.Claim).Distinct(StringComparer.Ordinal).Count() < 2)
                yield return $"conflicts: '{conflict.Question}' names fewer than two claims.";
        }
    }
}

internal sealed record Conflict(
    [property: Description("The question, such as: When does the bridge open?")] string Question,
    [property: Description("The different answers.")] IReadOnlyList<ConflictSide> Sides
);

internal sealed record ConflictSide(
    [property: Description("The answer in a few words.")] string Answer,
    [property: Description("The id of the claim that gives it.")] string Claim
);

/// <summary>What a person decided on a conflict.</summary>
/// <param name="Dropped">The claims that lost.</param>
internal sealed record Resolution(string Question, string Answer, IReadOnlyList<string> Dropped);
