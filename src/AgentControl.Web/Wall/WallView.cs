using AgentControl.Web.Jobs.List;

namespace AgentControl.Web.Wall;

/// <summary>
/// What of a snapshot is on the screen now: one page of the running jobs and one line of the ticker. Rows keep their place while their
/// page is shown, so that nothing moves before the eyes of people; a new anomaly is shown at once.
/// </summary>
public sealed class WallView
{
    public const int RowsPerPage = 6;
    public const int MostPages = 5;
    public const int MostRows = RowsPerPage * MostPages;
    public static readonly TimeSpan PageTime = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan LineTime = TimeSpan.FromSeconds(8);

    private IReadOnlyList<Guid> _held = [];
    private (Guid Job, long No)? _newest;
    private DateTimeOffset _pageSince;
    private DateTimeOffset _lineSince;

    public WallSnapshot? Now { get; private set; }

    /// <summary>Which page of the running jobs, from 0.</summary>
    public int Page { get; private set; }

    public int Pages { get; private set; }

    /// <summary>The rows of the page.</summary>
    public IReadOnlyList<JobListRow> Rows { get; private set; } = [];

    /// <summary>Which line of the ticker, from 0.</summary>
    public int Line { get; private set; }

    /// <summary>"1–6"; empty without a row.</summary>
    public string Range => Rows.Count == 0 ? "" : $"{(Page * RowsPerPage) + 1}–{(Page * RowsPerPage) + Rows.Count}";

    /// <summary>Jobs that are on none of the pages.</summary>
    public long More => Now is { } now ? Math.Max(0, now.RunningInAll - now.Running.Count) : 0;

    /// <summary>Takes what was read, or the passing of time alone where the snapshot is the one of before.</summary>
    public void Take(WallSnapshot? snapshot, DateTimeOffset now)
    {
        Now = snapshot;
        TurnPage(now);
        TurnLine(now);
    }

    private void TurnPage(DateTimeOffset now)
    {
        var rows = Now?.Running ?? [];
        Pages = Math.Clamp((rows.Count + RowsPerPage - 1) / RowsPerPage, 1, MostPages);
        if (Page >= Pages || now - _pageSince >= PageTime)
        {
            Page = Page >= Pages || _held.Count == 0 ? 0 : (Page + 1) % Pages;
            _pageSince = now;
            _held = [];
        }

        var byId = rows.ToDictionary(r => r.Id);
        var kept = _held.Where(byId.ContainsKey).Select(id => byId[id]).ToList();
        var coming = rows.Skip(Page * RowsPerPage).Where(r => kept.TrueForAll(k => k.Id != r.Id));
        Rows = [.. kept, .. coming.Take(RowsPerPage - kept.Count)];
        _held = [.. Rows.Select(r => r.Id)];
    }

    private void TurnLine(DateTimeOffset now)
    {
        var lines = Now?.Troubles ?? [];
        (Guid, long)? newest = lines is [var first, ..] ? (first.Newest.JobId, first.Newest.No) : null;
        if (newest != _newest || Line >= lines.Count)
        {
            (_newest, Line, _lineSince) = (newest, 0, now);
        }
        else if (now - _lineSince >= LineTime)
        {
            Line = (Line + 1) % lines.Count;
            _lineSince = now;
        }
    }
}
