using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Web.Access;

namespace AgentControl.Web.Approvals;

/// <summary>What whoever is signed in does with a request besides deciding it. Each answers why it could not be done; null where it was.</summary>
internal sealed class ApprovalActs(
    ICallerAccessor callers,
    ApprovalUndo undo,
    ApprovalInquiry inquiry,
    ApprovalSnoozes snoozes,
    ApprovalCommands commands
)
{
    public Task<string?> UndoAsync(Guid id) => ActAsync(caller => undo.UndoAsync(id, caller, CancellationToken.None));

    public Task<string?> AskAsync(Guid id, string text) =>
        ActAsync(caller => inquiry.AskAsync(id, text, caller, CancellationToken.None));

    public Task<string?> AnswerAsync(Guid id, string text) =>
        ActAsync(caller => inquiry.AnswerAsync(id, text, caller, CancellationToken.None));

    /// <param name="after">Null asks again at once.</param>
    public Task<string?> SnoozeAsync(Guid id, TimeSpan? after) =>
        ActAsync(caller => snoozes.SnoozeAsync(id, after, caller, CancellationToken.None));

    /// <summary>All of them or none.</summary>
    public async Task<string?> DecideAllAsync(
        IReadOnlyCollection<ApprovalView> requests,
        ApprovalDecision decision,
        string? comment
    )
    {
        if (await callers.CurrentAsync(CancellationToken.None) is not { } caller)
            return "Sign in first.";
        var outcome = await commands.DecideAllAsync(
            [.. requests.Select(r => (r.Id, r.Revision))],
            decision,
            comment,
            caller with
            {
                From = "page",
            },
            CancellationToken.None
        );
        return outcome switch
        {
            DecideAllOutcome.Invalid invalid => string.Join(" ", invalid.Errors.SelectMany(e => e.Value)),
            DecideAllOutcome.Refused refused => "Nothing was decided. "
                + string.Join(
                    " ",
                    refused
                        .Why.Take(3)
                        .Select(w =>
                            $"{requests.FirstOrDefault(r => r.Id == w.Key)?.Title}: {ApprovalWords.Refusal(w.Value)}"
                        )
                ),
            _ => null,
        };
    }

    private async Task<string?> ActAsync(Func<Caller, Task<DecideOutcome>> act) =>
        await callers.CurrentAsync(CancellationToken.None) is not { } caller ? "Sign in first."
        : await act(caller) is var outcome and not DecideOutcome.Decided ? ApprovalWords.Refusal(outcome)
        : null;
}
