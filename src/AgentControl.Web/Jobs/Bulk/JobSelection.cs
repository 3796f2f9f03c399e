using AgentControl.Web.Jobs.List;

namespace AgentControl.Web.Jobs.Bulk;

/// <summary>The jobs of a list that a person has ticked, on all its pages; or all that match.</summary>
internal sealed class JobSelection
{
    private readonly HashSet<Guid> _ids = [];

    /// <summary>All that match the search; those of the pages that were looked at are ticked.</summary>
    public bool AllMatching { get; private set; }

    public IReadOnlyCollection<Guid> Ids => _ids;

    public int Count => _ids.Count;

    public bool Has(Guid id) => AllMatching || _ids.Contains(id);

    public bool HasAll(IReadOnlyCollection<JobListRow> rows) => rows.Count > 0 && rows.All(r => Has(r.Id));

    /// <summary>Unticking one of all that match goes back to those that were looked at.</summary>
    public void Set(Guid id, bool isIn)
    {
        AllMatching &= isIn;
        if (isIn)
            _ids.Add(id);
        else
            _ids.Remove(id);
    }

    public void SetAll(IReadOnlyCollection<JobListRow> rows, bool isIn)
    {
        foreach (var row in rows)
            Set(row.Id, isIn);
    }

    public void TakeAllMatching() => AllMatching = true;

    public void Clear()
    {
        AllMatching = false;
        _ids.Clear();
    }
}
