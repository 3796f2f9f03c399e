using AgentControl.Engine.Access;

namespace AgentControl.Engine.Approvals;

/// <summary>Whose turn it is to decide.</summary>
/// <param name="Starter">The person who started the job; null for programs and schedules.</param>
/// <param name="SubmittedBy">The starter's name, which tells programs apart.</param>
internal sealed record ApprovalTurn(
    string Workspace,
    IReadOnlyList<string> Approvers,
    bool NotStarter,
    Guid? Starter,
    string SubmittedBy
);

/// <summary>Who may decide an approval. Pages, REST and the decision's own transaction ask the same.</summary>
public static class ApprovalAccess
{
    /// <summary>Why this caller may not decide, in a sentence for them; null where they may.</summary>
    public static string? Refusal(ApprovalView approval, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(approval);
        ArgumentNullException.ThrowIfNull(caller);
        return Refusal(approval.Turn, caller) is { } why ? why
            : approval.Votes.Any(v => v.Voter == caller.Actor.Voter && v.Revision == approval.Revision)
                ? "You have approved this already. Others are asked too."
            : null;
    }

    internal static string? Refusal(ApprovalTurn turn, Caller caller)
    {
        if (caller.Kind is CallerKind.Job)
            return "The token of a job may not decide approvals. A person has to.";
        if (!caller.MayDecide(turn.Workspace))
            return $"Needs the Approver role in the workspace {turn.Workspace}. Ask an admin to grant it.";
        if (turn.NotStarter && IsStarter(turn, caller))
            return "You started this job. Somebody else has to decide.";
        if (!IsNamed(turn, caller))
            return $"May decide: {string.Join(", ", turn.Approvers)}. Ask one of them.";
        return null;
    }

    /// <summary>Whether this caller may give it to others: whoever may decide, and an admin of its workspace.</summary>
    public static bool MayReassign(ApprovalView approval, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(approval);
        ArgumentNullException.ThrowIfNull(caller);
        return MayReassign(approval.Turn, caller);
    }

    internal static bool MayReassign(ApprovalTurn turn, Caller caller) =>
        Refusal(turn, caller) is null || (caller.MayDecide(turn.Workspace) && caller.Has(Role.Admin, turn.Workspace));

    /// <summary>The names by which a list of approvers may mean this caller: their own, and their groups.</summary>
    public static IReadOnlyCollection<string> NamesOf(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        string?[] names =
        [
            caller.Actor.Id,
            caller.Actor.Voter,
            caller.Actor.Name,
            caller.Name,
            caller.OwnerName,
            caller.Email,
        ];
        return [.. names.OfType<string>().Concat(caller.Groups).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The workspaces where this caller may decide; null means all of them.</summary>
    public static IReadOnlyCollection<string>? MayDecideIn(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.MayDecide(Caller.Everywhere) ? null : [.. caller.Roles.Keys.Where(caller.MayDecide)];
    }

    /// <summary>What waits for this caller: pending, theirs to decide, not decided by them yet, and not put off.</summary>
    public static ApprovalFilter WaitingFor(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new()
        {
            State = "pending",
            Visible = MayDecideIn(caller),
            AssignedTo = NamesOf(caller),
            NotStartedBy = caller.PersonId,
            NotVotedBy = caller.Actor.Voter,
            NotSnoozedBy = caller.Actor.Voter,
        };
    }

    // A person is the same person with each of their keys. Programs are told apart by their names.
    private static bool IsStarter(ApprovalTurn turn, Caller caller) =>
        turn.Starter is { } starter
            ? caller.PersonId == starter
            : string.Equals(turn.SubmittedBy, caller.Display, StringComparison.OrdinalIgnoreCase);

    // An admin may always: a list of people who have left must not hold a job for ever.
    private static bool IsNamed(ApprovalTurn turn, Caller caller) =>
        turn.Approvers.Count == 0
        || caller.Has(Role.Admin, turn.Workspace)
        || NamesOf(caller).Any(name => turn.Approvers.Contains(name, StringComparer.OrdinalIgnoreCase));
}
