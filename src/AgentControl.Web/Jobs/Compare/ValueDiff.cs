using System.Text.Encodings.Web;
using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Web.Approvals;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Jobs.Compare;

/// <summary>What two recorded values say differently, unchanged parts folded.</summary>
/// <param name="Why">Why there are no lines; null where there are.</param>
/// <param name="Limit">What is not shown; null where all is.</param>
public sealed record ValueDiff(string? Why, IReadOnlyList<DiffLine> Lines, int Changes, string? Limit)
{
    /// <summary>So many characters of each are compared.</summary>
    public const int MostText = 262_144;

    /// <summary>So many lines are shown.</summary>
    public const int MostLines = 1_000;

    private static readonly JsonSerializerOptions _readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        // It is shown as text in a page, never put into markup as it is.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="what">"input" or "output".</param>
    public static ValueDiff Of(string what, RawJson? a, RawJson? b)
    {
        var (textA, textB) = (a?.ToString(), b?.ToString());
        if (textA is null || textB is null)
            return None(
                (textA, textB) switch
                {
                    (null, null) => $"Neither run has an {what}.",
                    (null, _) => $"A has no {what}, so there is nothing to compare with B's.",
                    _ => $"B has no {what}, so there is nothing to compare with A's.",
                }
            );
        var (readableA, readableB) = (Readable(textA), Readable(textB));
        if (readableA == readableB)
            return None($"The same {what}.");
        var isCut = readableA.Length > MostText || readableB.Length > MostText;
        var all = LineDiff.Of(Cut(readableA), Cut(readableB));
        var changes = LineDiff.Changes(all);
        if (changes == 0)
            return None($"The first {Formats.Number(MostText)} characters are the same; what is behind them differs.");
        var lines = LineDiff.Fold(all);
        var limit = new[]
        {
            isCut ? $"Only the first {Formats.Number(MostText)} characters of each are compared." : null,
            lines.Count > MostLines
                ? $"The first {Formats.Number(MostLines)} of {Formats.Number(lines.Count)} lines are shown."
                : null,
        }.OfType<string>();
        return new(
            null,
            lines.Count > MostLines ? [.. lines.Take(MostLines)] : lines,
            changes,
            limit.Any() ? string.Join(' ', limit) : null
        );
    }

    private static ValueDiff None(string why) => new(why, [], 0, null);

    private static string Cut(string text) => text.Length <= MostText ? text : text[..MostText];

    private static string Readable(string json)
    {
        try
        {
            return JsonSerializer.Serialize(JsonElement.Parse(json), _readable);
        }
        catch (JsonException)
        {
            return json;
        }
    }
}
