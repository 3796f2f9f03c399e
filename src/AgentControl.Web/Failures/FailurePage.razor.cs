using AgentControl.Core.Failures;
using AgentControl.Engine.Access;
using AgentControl.Engine.Failures;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Failures;

/// <summary>One cause: its newest message, what people decided, and the jobs that failed by it.</summary>
public sealed partial class FailurePage
{
    private static readonly IReadOnlyList<Crumb> _crumbs = [new("Failures", "/failures")];
    private FailureDetailView? _found;
    private string? _lock;
    private string? _comment;
    private string _span = FailureWords.Spans[0].Word;

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    private string? After { get; set; }

    [Inject]
    private FailureQueries Queries { get; set; } = null!;

    [Inject]
    private FailureCommands Commands { get; set; } = null!;

    [Inject]
    private FailureDesk Desk { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Failures];

    protected override object LoadKey => Id;

    private string? Cursor => After is not null && FailureQueries.IsCursor(After) ? After : null;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Desk.CallerAsync(cancellationToken);
        var found = await Queries.FindAsync(Id, cancellationToken);
        if (found is not null && !caller.Has(Role.Viewer, found.Group.Workspace))
            found = null;
        Show(ref _found, found);
        if (found is null)
            return;
        Show(ref _lock, caller.Has(Role.Operator, found.Group.Workspace) ? null : FailureDesk.NeedsOperator);
    }

    private static string Decided(FailureGroupView group) =>
        group switch
        {
            { Regressed: true } or { Status: FailureStatus.Resolved } => "Resolved",
            { Status: FailureStatus.Ignored } => "Ignored",
            _ when group.IgnoredUntil is not null => "Was ignored",
            _ => "Reopened",
        };

    private Task ResolveAsync() =>
        DecideAsync("Resolved.", caller => Commands.ResolveAsync(Id, _comment, caller, CancellationToken.None));

    private Task IgnoreAsync()
    {
        var (_, span, text) = FailureWords.Spans.First(s => s.Word == _span);
        DateTimeOffset? until = span is { } length ? Clock.GetUtcNow() + length : null;
        return DecideAsync(
            $"Ignored {text}.",
            caller => Commands.IgnoreAsync(Id, until, _comment, caller, CancellationToken.None)
        );
    }

    private Task ReopenAsync() =>
        DecideAsync("Unresolved.", caller => Commands.ReopenAsync(Id, _comment, caller, CancellationToken.None));

    private async Task DecideAsync(string done, Func<Caller, Task<FailureOutcome>> decide)
    {
        if (_found is not { } found)
            return;
        await Desk.DecideAsync(found.Group, done, decide, ReloadAsync);
        _comment = null;
        await ReloadAsync();
    }
}
