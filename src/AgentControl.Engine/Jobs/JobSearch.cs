using System.Globalization;
using System.Text;
using AgentControl.Core.Jobs;

namespace AgentControl.Engine.Jobs;

/// <summary>The search line of the jobs list: <c>agent:invoice state:failed older:2h invoice-b</c>. Text to filter and back.</summary>
public static class JobSearch
{
    public const string Me = "me";

    /// <summary><c>parent:none</c> leaves out child jobs.</summary>
    public const string NoParent = "none";

    /// <summary><c>failure:open</c>: the failure still stands, nobody has retried it.</summary>
    public const string OpenFailure = "open";

    /// <summary><c>failure:unresolved</c>: it still stands, and its group is unresolved.</summary>
    public const string UnresolvedFailure = "unresolved";

    /// <summary>The qualifiers, for suggestions.</summary>
    public static readonly IReadOnlyList<string> Qualifiers =
    [
        "agent",
        "state",
        "label",
        "owner",
        "queue",
        "tag",
        "id",
        "ids",
        "older",
        "ended",
        "error",
        "cost",
        "workspace",
        "parent",
        "batch",
        "schedule",
        "failure",
    ];

    /// <summary>Reads a search line. What cannot be understood is named in the problems and left out of the filter.</summary>
    public static (JobFilter Filter, IReadOnlyList<string> Problems) Parse(string? text)
    {
        var filter = JobFilter.None;
        var problems = new List<string>();
        var words = new List<string>();
        foreach (var (qualifier, value) in Tokens(text ?? ""))
        {
            if (qualifier is null)
                words.Add(value);
            else if (Apply(filter, qualifier, value) is { } next)
                filter = next;
            else
                problems.Add(Problem(qualifier, value));
        }
        return (words.Count == 0 ? filter : filter with { Text = string.Join(' ', words) }, problems);
    }

    /// <summary>The line that <see cref="Parse"/> reads back into the same filter.</summary>
    public static string ToText(JobFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var line = new StringBuilder();
        void Add(string qualifier, string? value)
        {
            if (value is not null)
                line.Append(line.Length == 0 ? "" : " ").Append(qualifier).Append(':').Append(Quote(value));
        }
        Add("agent", filter.Agent);
        foreach (var state in filter.States)
            Add("state", state);
        foreach (var label in filter.Labels)
            Add("label", label);
        Add("owner", filter.Owner);
        Add("queue", filter.Queue);
        foreach (var tag in filter.Tags)
            Add("tag", tag);
        Add("id", filter.IdPrefix);
        Add("ids", filter.Ids.Count == 0 ? null : string.Join(',', filter.Ids));
        Add("older", filter.OlderThan is { } age ? ShortSpan.Format(age) : null);
        Add("ended", Span(filter.EndedFrom, filter.EndedBefore));
        Add("error", filter.Error);
        Add("cost", filter.CostOver is { } cost ? ">" + cost.ToString(CultureInfo.InvariantCulture) : null);
        Add("workspace", filter.Workspace);
        Add("parent", filter.TopLevel ? NoParent : filter.ParentId?.ToString());
        Add("batch", filter.BatchId?.ToString());
        Add("schedule", filter.Schedule);
        Add("failure", filter.Failure?.ToString());
        Add("failure", filter.FailureStands ? OpenFailure : null);
        Add("failure", filter.FailureUnresolved ? UnresolvedFailure : null);
        if (filter.Text is { } words)
            line.Append(line.Length == 0 ? "" : " ").Append(Words(words));
        return line.ToString();
    }

    private static JobFilter? Apply(JobFilter filter, string qualifier, string value) =>
        qualifier switch
        {
            "agent" => filter with { Agent = value },
            "state" when Enum.TryParse<JobState>(value, true, out var state) && !char.IsDigit(value[0]) => filter with
            {
                States = [.. filter.States, state.Word()],
            },
            "state" or "label" when JobLabel.All.Contains(value) => filter with { Labels = [.. filter.Labels, value] },
            "owner" => filter with { Owner = value },
            "queue" => filter with { Queue = value },
            "tag" => filter with { Tags = [.. filter.Tags, value] },
            "id" => filter with { IdPrefix = value },
            "ids" when value.Split(',', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } ids => filter with
            {
                Ids = ids,
            },
            "older" when ShortSpan.Parse(value) is { } age => filter with { OlderThan = age },
            "ended" when Span(value) is var (from, before) => filter with { EndedFrom = from, EndedBefore = before },
            "error" => filter with { Error = value },
            "cost" when Amount(value) is { } cost => filter with { CostOver = cost },
            "workspace" => filter with { Workspace = value },
            "parent" when value == NoParent => filter with { TopLevel = true },
            "parent" when Guid.TryParse(value, out var parent) => filter with { ParentId = parent },
            "batch" when Guid.TryParse(value, out var batch) => filter with { BatchId = batch },
            "schedule" => filter with { Schedule = value },
            "failure" when value == OpenFailure => filter with { FailureStands = true },
            "failure" when value == UnresolvedFailure => filter with { FailureUnresolved = true },
            "failure" when Guid.TryParse(value, out var failure) => filter with { Failure = failure },
            _ => null,
        };

    private static string Problem(string qualifier, string value) =>
        qualifier switch
        {
            "state" =>
                $"No state is called {value}. Use one of: {string.Join(", ", Enum.GetValues<JobState>().Select(s => s.Word()))}.",
            "label" => $"No label is called {value}. Use one of: {string.Join(", ", JobLabel.All)}.",
            "older" => $"older:{value} is no age. Write a number and s, m, h or d, such as older:2h.",
            "ids" => $"ids:{value} names no job. Write short ids with commas between them.",
            "ended" =>
                $"ended:{value} is no span of time. Write ended:2026-12-01T09:00Z/2026-12-01T10:00Z; either side may be left out.",
            "failure" =>
                $"failure:{value} is no group of failures. Paste its whole id, or write failure:open or failure:unresolved.",
            "cost" => $"cost:{value} is no amount. Write it as cost:>1.50.",
            _ => $"{qualifier}:{value} is no id. Paste the whole id.",
        };

    private const char Until = '/';

    private static string? Span(DateTimeOffset? from, DateTimeOffset? before) =>
        (from ?? before) is null ? null : $"{Moment(from)}{Until}{Moment(before)}";

    private static string? Moment(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>From and before, one of which may be missing; null where it is no span.</summary>
    private static (DateTimeOffset? From, DateTimeOffset? Before)? Span(string text)
    {
        var sides = text.Split(Until);
        if (sides.Length != 2 || text.Length == 1)
            return null;
        var read = new DateTimeOffset?[2];
        for (var side = 0; side < 2; side++)
        {
            if (sides[side].Length == 0)
                continue;
            if (
                !DateTimeOffset.TryParse(
                    sides[side],
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var at
                )
            )
                return null;
            read[side] = at;
        }
        return (read[0], read[1]);
    }

    private static decimal? Amount(string value) =>
        decimal.TryParse(
            value.TrimStart('>', '$'),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var cost
        )
            ? cost
            : null;

    private static IEnumerable<(string? Qualifier, string Value)> Tokens(string text)
    {
        foreach (var token in Split(text))
        {
            var colon = token.Quoted == 0 ? -1 : token.Text.IndexOf(':', StringComparison.Ordinal);
            var qualifier = colon > 0 ? token.Text[..colon].ToLowerInvariant() : null;
            if (qualifier is not null && Qualifiers.Contains(qualifier) && colon < token.Text.Length - 1)
                yield return (qualifier, token.Text[(colon + 1)..]);
            else if (token.Text.Length > 0)
                yield return (null, token.Text);
        }
    }

    /// <summary>Splits at blanks outside quotes. <c>Quoted</c> is where the first quote stood, or -1.</summary>
    private static IEnumerable<(string Text, int Quoted)> Split(string text)
    {
        var token = new StringBuilder();
        var inside = false;
        var quoted = -1;
        foreach (var c in text)
        {
            if (c == '"')
            {
                inside = !inside;
                if (quoted < 0)
                    quoted = token.Length;
            }
            else if (char.IsWhiteSpace(c) && !inside)
            {
                yield return (token.ToString(), quoted);
                token.Clear();
                quoted = -1;
            }
            else
            {
                token.Append(c);
            }
        }
        yield return (token.ToString(), quoted);
    }

    private static string Quote(string value) => value.Any(char.IsWhiteSpace) ? $"\"{value}\"" : value;

    /// <summary>Free words need quotes only where they would read as a qualifier.</summary>
    private static string Words(string words) =>
        Tokens(words).Any(t => t.Qualifier is not null) || words.Contains("  ", StringComparison.Ordinal)
            ? $"\"{words}\""
            : words;
}
