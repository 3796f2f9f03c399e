using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;

namespace AgentControl.Web.Jobs.List;

/// <summary>One page of the jobs list. Rows change in place; new ones wait until a person asks for them.</summary>
internal sealed class JobsView
{
    /// <summary>Where each visited page came from: cursor to the cursor before it.</summary>
    private readonly Dictionary<string, string?> trail = new(StringComparer.Ordinal);

    public IReadOnlyList<JobListRow> Rows { get; private set; } = [];
    public string? NextCursor { get; private set; }

    /// <summary>Jobs that match and came after the first row.</summary>
    public int New { get; private set; }

    /// <summary>At least so many: the count ends at one page.</summary>
    public bool NewIsMore { get; private set; }

    public bool IsEmpty => Rows.Count == 0;

    public string NewText => $"{New}{(NewIsMore ? "+" : "")} new";

    /// <summary>Takes a page that was asked for.</summary>
    public void Reset(IReadOnlyList<JobListRow> rows, string? nextCursor)
    {
        Rows = rows;
        NextCursor = nextCursor;
        (New, NewIsMore) = (0, false);
    }

    /// <summary>Takes newer states of the rows shown. Order and number stay.</summary>
    /// <returns>True when a row changed.</returns>
    public bool Merge(IEnumerable<JobSummary> newer, JobFilter filter)
    {
        var byId = newer.ToDictionary(j => j.Id);
        var changed = false;
        var rows = new List<JobListRow>(Rows.Count);
        foreach (var row in Rows)
        {
            var next = byId.TryGetValue(row.Id, out var job)
                ? JobListRow.Of(job) with
                {
                    NoLongerMatches = !JobMatch.Matches(filter, job),
                }
                : row;
            changed |= next != row;
            rows.Add(next);
        }
        if (changed)
            Rows = rows;
        return changed;
    }

    /// <summary>Counts what came since, from the list's first page as it is now.</summary>
    public bool CountNew(Page<JobSummary> firstPage)
    {
        var top = Rows.Count == 0 ? Guid.Empty : Rows[0].Id;
        var count = firstPage.Items.Count(j => j.Id.CompareTo(top) > 0);
        var more = count > 0 && count == firstPage.Items.Count && firstPage.NextCursor is not null;
        var changed = (count, more) != (New, NewIsMore);
        (New, NewIsMore) = (count, more);
        return changed;
    }

    public void Remember(string? from, string to) => trail[to] = from;

    /// <summary>The page before this one, as far as it was seen; else the first page.</summary>
    public string? Before(string after) => trail.GetValueOrDefault(after);
}
