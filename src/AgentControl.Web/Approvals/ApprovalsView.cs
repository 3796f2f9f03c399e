using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;

namespace AgentControl.Web.Approvals;

/// <summary>The inbox: what is listed, what is selected, what was shown when a person began to decide.</summary>
public sealed class ApprovalsView : RequestView
{
    /// <summary>Where the request on the screen stands in the list, or stood before it left it.</summary>
    private int _place;

    public IReadOnlyList<ApprovalView> Items { get; private set; } = [];

    /// <inheritdoc cref="RequestView.Update"/>
    /// <param name="items">The list.</param>
    public void Update(
        IReadOnlyList<ApprovalView> items,
        ApprovalView? selected,
        string? refusal = null,
        string? reader = null
    )
    {
        if (PlaceOf(Shown?.Id) is >= 0 and var place)
            _place = place;
        Items = items;
        Update(selected, refusal, reader);
    }

    /// <summary>The requests of the list that can be decided with the one on the screen: same agent, same action, not high risk.</summary>
    public IReadOnlyList<ApprovalView> Alike =>
        Shown is { Action: not null, HighRisk: false } shown && IsOpen
            ?
            [
                .. Items.Where(a =>
                    a is { State: "pending", HighRisk: false }
                    && (a.Agent, a.Action, a.Workspace) == (shown.Agent, shown.Action, shown.Workspace)
                ),
            ]
            : [];

    /// <summary>The request so many places further down the list; stops at the ends.</summary>
    public Guid? Neighbour(int by)
    {
        if (Items.Count == 0)
            return null;
        var at = PlaceOf(Shown?.Id);
        return Items[Math.Clamp(at < 0 ? 0 : at + by, 0, Items.Count - 1)].Id;
    }

    /// <summary>The open request to go on with after this one was decided.</summary>
    public Guid? NextOpen(Guid decided)
    {
        // The list may have been read anew meanwhile, without the one that was decided: the next one then stands in its place.
        var next = PlaceOf(decided) is >= 0 and var at ? at + 1 : _place;
        var open = Items.Where(a => a.Id != decided && a.State == "pending").ToList();
        return Items.Skip(next).FirstOrDefault(open.Contains)?.Id ?? open.FirstOrDefault()?.Id;
    }

    private int PlaceOf(Guid? id) => Items.ToList().FindIndex(a => a.Id == id);
}
