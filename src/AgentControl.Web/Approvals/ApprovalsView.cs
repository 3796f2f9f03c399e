using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;

namespace AgentControl.Web.Approvals;

/// <summary>The inbox: what is listed, what is selected, what was shown when a person began to decide.</summary>
public sealed class ApprovalsView : RequestView
{
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
        var at = Items.ToList().FindIndex(a => a.Id == Shown?.Id);
        return Items[Math.Clamp(at < 0 ? 0 : at + by, 0, Items.Count - 1)].Id;
    }

    /// <summary>The open request to go on with after this one was decided.</summary>
    public Guid? NextOpen(Guid decided)
    {
        var at = Math.Max(0, Items.ToList().FindIndex(a => a.Id == decided));
        var open = Items.Where(a => a.Id != decided && a.State == "pending").ToList();
        return Items.Skip(at + 1).FirstOrDefault(open.Contains)?.Id ?? open.FirstOrDefault()?.Id;
    }
}
