using AgentControl.Engine.Audit;

namespace AgentControl.Web.Audit;

/// <summary>One page of the audit log. Lines never change; new ones wait until a person asks for them.</summary>
internal sealed class AuditView
{
    public const int PageSize = 50;

    /// <summary>Null until the first page was read.</summary>
    public IReadOnlyList<AuditLine>? Lines { get; private set; }

    /// <summary>The last line of this page, where others stand behind it.</summary>
    public Guid? Next { get; private set; }

    /// <summary>Lines that match and came since.</summary>
    public int New { get; private set; }

    /// <summary>The count ends at one page.</summary>
    public string NewText => $"{New}{(New == PageSize ? "+" : "")} new";

    /// <summary>Takes a page that was asked for.</summary>
    /// <param name="lines">One more than a page, where there is one.</param>
    public void Reset(IReadOnlyList<AuditLine> lines)
    {
        Lines = [.. lines.Take(PageSize)];
        Next = lines.Count > PageSize ? Lines[^1].Id : null;
        New = 0;
    }

    /// <summary>Counts what came since, from the first page as it is now. A line may take its place below others that were written after it began.</summary>
    /// <returns>True when the count changed.</returns>
    public bool CountNew(IReadOnlyList<AuditLine> first)
    {
        var shown = Lines?.Select(line => line.Id).ToHashSet() ?? [];
        var count = first.Take(PageSize).Count(line => !shown.Contains(line.Id));
        var changed = count != New;
        New = count;
        return changed;
    }
}
