using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Approvals;

/// <summary>How many requests wait: for the caller, and in all.</summary>
internal sealed record InboxCounts(int Mine, int All);

/// <summary>One reading of the inbox.</summary>
internal sealed record Inbox(
    IReadOnlyList<ApprovalView> Items,
    ApprovalView? Selected,
    InboxCounts Counts,
    Caller? Caller
)
{
    /// <summary>Why the caller may not decide; null when they may.</summary>
    public string? LockOf(ApprovalView request) => ApprovalDesk.Lock(request, Caller);
}

/// <summary>How a decision went, in words.</summary>
/// <param name="Error">Why it does not stand; null when it does.</param>
/// <param name="IsFinal">No further approval is needed.</param>
internal sealed record DecisionResult(string? Said, string? Error, bool IsFinal)
{
    /// <summary>When the agent hears of it; until then it can be taken back.</summary>
    public DateTimeOffset? DeliverAt { get; init; }
}

/// <summary>Reads and decides requests for whoever is signed in.</summary>
internal sealed class ApprovalDesk(
    ApprovalQueries queries,
    ApprovalCommands commands,
    ApprovalReassignment reassignment,
    ICallerAccessor callers,
    TimeProvider clock
)
{
    /// <param name="text">What the requests listed must have in title, name of the job or agent; the counts are of all.</param>
    public async Task<Inbox> ReadAsync(
        string box,
        Guid? selected,
        CancellationToken cancellationToken,
        string? text = null
    )
    {
        var caller = await callers.CurrentAsync(cancellationToken);
        var visible = caller is null ? [] : caller.Workspaces;
        var all = new ApprovalFilter { State = "pending", Visible = visible };
        var mine = caller is null ? all : ApprovalAccess.WaitingFor(caller);
        var items = box switch
        {
            ApprovalQueries.Decided => (
                await queries.ListAsync(
                    all with
                    {
                        State = ApprovalQueries.Decided,
                        Text = text,
                    },
                    cancellationToken: cancellationToken
                )
            ).Items,
            "mine" => await queries.InboxAsync(mine with { Text = text }, cancellationToken: cancellationToken),
            _ => await queries.InboxAsync(all with { Text = text }, cancellationToken: cancellationToken),
        };
        var request = selected is { } id ? (await FindAsync(id, cancellationToken)).Request : null;
        var counts = new InboxCounts(
            await queries.CountAsync(mine, cancellationToken),
            await queries.CountAsync(all, cancellationToken)
        );
        return new(items, request, counts, caller);
    }

    /// <summary>One request for whoever looks at it; null where there is none, or they may not see it.</summary>
    public async Task<(ApprovalView? Request, Caller? Caller)> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var caller = await callers.CurrentAsync(cancellationToken);
        var request = await queries.FindAsync(id, cancellationToken);
        return (request is not null && caller?.Has(Role.Viewer, request.Workspace) == true ? request : null, caller);
    }

    public async Task<DecisionResult> DecideAsync(DecisionToSend decision, string from = "page")
    {
        var caller = await callers.CurrentAsync(CancellationToken.None);
        var request = await queries.FindAsync(decision.ApprovalId);
        if (request is null || caller is null)
            return new(null, "This request is gone. Load the page again.", false);
        if (Lock(request, caller) is { } reason)
            return new(null, reason, false);
        var outcome = await commands.DecideAsync(
            decision.ApprovalId,
            decision.Decision,
            decision.Revision,
            decision.Comment,
            decision.Value,
            caller with
            {
                From = from,
            },
            CancellationToken.None
        );
        return Say(outcome);
    }

    /// <summary>Gives a request to other people. Why it could not be; null where they are asked now.</summary>
    public async Task<string?> ReassignAsync(Guid id, IReadOnlyCollection<string> names, string? comment)
    {
        if (await callers.CurrentAsync(CancellationToken.None) is not { } caller)
            return "Sign in first.";
        var outcome = await reassignment.ReassignAsync(id, names, comment, caller, CancellationToken.None);
        return outcome is DecideOutcome.Decided ? null : Say(outcome).Error;
    }

    /// <summary>Why this caller may not decide this request.</summary>
    public static string? Lock(ApprovalView request, Caller? caller) =>
        caller is null ? "Sign in to decide." : ApprovalAccess.Refusal(request, caller);

    private DecisionResult Say(DecideOutcome outcome) =>
        outcome switch
        {
            DecideOutcome.Decided { Missing: > 0 } voted => new(
                $"Your approval is noted, {voted.Missing} more needed:",
                null,
                false
            ),
            DecideOutcome.Decided { DeliverAt: { } at } decided => new(
                $"{ApprovalWords.State(decided.State)}. The agent hears of it {Formats.Relative(at, clock.GetUtcNow())}:",
                null,
                true
            )
            {
                DeliverAt = at,
            },
            DecideOutcome.Decided decided => new(
                ApprovalWords.State(decided.State) + (decided.State == "rejected" ? ":" : ". The agent goes on:"),
                null,
                true
            ),
            DecideOutcome.AlreadyDecided first => new(
                null,
                ApprovalWords.FirstDecided(first.State, first.DecidedBy, first.DecidedAt, clock.GetUtcNow()),
                false
            ),
            DecideOutcome.Invalid invalid => new(
                null,
                string.Join(" ", invalid.Errors.SelectMany(e => e.Value.Select(why => Field(e.Key) + why))),
                false
            ),
            _ => new(null, ApprovalWords.Refusal(outcome), false),
        };

    /// <summary>The field of an edited object that an error is about; nothing where it is about the whole answer.</summary>
    private static string Field(string key) =>
        key.StartsWith("value.", StringComparison.Ordinal) ? key["value.".Length..] + ": " : "";
}
