using AgentControl.Engine.Access;

namespace AgentControl.Engine.Approvals;

/// <summary>Who may decide an approval. Pages, REST and chat ask the same.</summary>
public static class ApprovalAccess
{
    /// <summary>Why this caller may not decide, in a sentence for them; null where they may.</summary>
    public static string? Refusal(ApprovalView approval, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(approval);
        ArgumentNullException.ThrowIfNull(caller);
        if (caller.Kind is CallerKind.Job)
            return "The token of a job may not decide approvals. A person has to.";
        if (!caller.MayDecide(approval.Workspace))
            return $"Needs the Approver role in the workspace {approval.Workspace}. Ask an admin to grant it.";
        if (!IsNamed(approval, caller))
            return $"May decide: {string.Join(", ", approval.Approvers)}. Ask one of them.";
        if (approval.Required > 1 && NamesOf(caller).Contains(approval.SubmittedBy, StringComparer.OrdinalIgnoreCase))
            return "Needs other people than the one who started the job.";
        return null;
    }

    /// <summary>The names by which a list of approvers may mean this caller.</summary>
    public static IReadOnlyCollection<string> NamesOf(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        string?[] names = [caller.Actor.Id, caller.Actor.Name, caller.Name, caller.OwnerName];
        return [.. names.OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The workspaces where this caller may decide; null means all of them.</summary>
    public static IReadOnlyCollection<string>? MayDecideIn(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.MayDecide(Caller.Everywhere) ? null : [.. caller.Roles.Keys.Where(caller.MayDecide)];
    }

    // An admin may always: a list of people who have left must not hold a job for ever.
    private static bool IsNamed(ApprovalView approval, Caller caller) =>
        approval.Approvers.Count == 0
        || caller.Has(Role.Admin, approval.Workspace)
        || NamesOf(caller).Any(name => approval.Approvers.Contains(name, StringComparer.OrdinalIgnoreCase));
}
