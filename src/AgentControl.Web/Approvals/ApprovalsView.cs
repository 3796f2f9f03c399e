using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;

namespace AgentControl.Web.Approvals;

/// <summary>The inbox: what is listed, what is selected, what was shown when a person began to decide.</summary>
public sealed class ApprovalsView
{
    public IReadOnlyList<ApprovalView> Items { get; private set; } = [];

    /// <summary>The request on the right, exactly as it was shown first; a change does not replace it by itself.</summary>
    public ApprovalView? Shown { get; private set; }

    /// <summary>The same request as it is now.</summary>
    public ApprovalView? Latest { get; private set; }

    public DecisionBar? Bar { get; private set; }

    /// <summary>The content changed after it was shown: nothing can be decided until it is reviewed again.</summary>
    public bool HasChanged => Shown is not null && Latest is not null && Latest.Revision != Shown.Revision;

    public bool IsOpen => Latest is { State: "pending" };

    public bool CanDecide => IsOpen && !HasChanged;

    public void Update(IReadOnlyList<ApprovalView> items, ApprovalView? selected)
    {
        Items = items;
        if (selected is null)
        {
            (Shown, Latest, Bar) = (null, null, null);
            return;
        }
        if (Shown?.Id != selected.Id)
        {
            Shown = selected;
            Bar = new DecisionBar(selected);
        }
        Latest = selected;
        if (!IsOpen)
            Bar?.Close();
    }

    /// <summary>Takes the newer content for the one on the screen.</summary>
    public void ReviewAgain()
    {
        Shown = Latest;
        Bar = Latest is null ? null : new DecisionBar(Latest);
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

    /// <summary>What a key of the page means; null where it means nothing now.</summary>
    public static ApprovalDecision? DecisionOf(string key) =>
        key switch
        {
            "a" => ApprovalDecision.Approve,
            "r" => ApprovalDecision.Reject,
            "e" => ApprovalDecision.Edit,
            "c" => ApprovalDecision.Respond,
            _ => null,
        };
}
