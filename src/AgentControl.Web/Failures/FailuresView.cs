using AgentControl.Engine.Failures;
using AgentControl.Engine.Paging;

namespace AgentControl.Web.Failures;

/// <summary>One page of groups. Rows change in place; new ones wait until a person asks for them.</summary>
internal sealed class FailuresView
{
    public IReadOnlyList<FailureRow> Rows { get; private set; } = [];
    public string? NextCursor { get; private set; }

    /// <summary>Groups that match and are not shown.</summary>
    public int New { get; private set; }

    public void Reset(Page<FailureGroupView> page) =>
        (Rows, NextCursor, New) = ([.. page.Items.Select(g => new FailureRow(g))], page.NextCursor, 0);

    /// <summary>Takes newer states of the rows shown. Order and number stay.</summary>
    /// <returns>True when a row changed.</returns>
    public bool Merge(IEnumerable<FailureGroupView> newer, string? status)
    {
        var byId = newer.ToDictionary(g => g.Id);
        IReadOnlyList<FailureRow> rows =
        [
            .. Rows.Select(row =>
                byId.TryGetValue(row.Group.Id, out var group)
                    ? new FailureRow(group, status is not null && group.Status != status)
                    : row
            ),
        ];
        if (rows.SequenceEqual(Rows))
            return false;
        Rows = rows;
        return true;
    }

    /// <summary>Counts what came since, from the list's first page as it is now.</summary>
    public bool CountNew(Page<FailureGroupView> first)
    {
        var known = Rows.Select(r => r.Group.Id).ToHashSet();
        // What lies behind the last row stands on the next page, or did so before.
        var last = Rows.Count == 0 ? DateTimeOffset.MinValue : Rows.Min(r => r.Group.LastSeenAt);
        var count = first.Items.Count(g => !known.Contains(g.Id) && (NextCursor is null || g.LastSeenAt > last));
        if (count == New)
            return false;
        New = count;
        return true;
    }
}
