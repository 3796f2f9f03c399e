using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Agents;

/// <summary>One agent: what it is for, how its jobs go, and what it takes.</summary>
public sealed partial class AgentPage
{
    private const int NewestJobs = 10;

    private static readonly IReadOnlyList<Crumb> _crumbs = [new("Agents", "/agents")];
    private static readonly JsonSerializerOptions _readable = new() { WriteIndented = true };
    private AgentDefinition? _agent;
    private AgentNumbers? _numbers;
    private IReadOnlyList<JobSummary>? _jobs;
    private IReadOnlyList<DefinitionVersion>? _versions;
    private bool _mayDefine;
    private string _schema = "";

    [Parameter]
    public string Name { get; set; } = "";

    [Inject]
    private AgentCatalog Catalog { get; set; } = null!;

    [Inject]
    private AgentQueries Queries { get; set; } = null!;

    [Inject]
    private JobQueries Jobs { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private DefinitionCommands Definitions { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs];

    protected override object? LoadKey => Name;

    private bool IsRetired => _versions is [{ Settings: null }, ..];

    /// <summary>Where an agent is shown.</summary>
    public static string Address(string name) => $"/agents/{Uri.EscapeDataString(name)}";

    internal static string Rate(AgentNumbers numbers) =>
        numbers.CompletionRate is { } rate ? Formats.Rate(rate) : Formats.Unknown;

    internal static string Median(AgentNumbers numbers) =>
        numbers.MedianSeconds is { } median ? Formats.Duration(TimeSpan.FromSeconds(median)) : Formats.Unknown;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        var agent = Catalog.Find(Name);
        var numbers = await Queries.NumbersAsync(Name, cancellationToken);
        var jobs = await Jobs.ListAsync(
            new JobFilter { Agent = Name, Visible = caller is null ? [] : caller.Workspaces },
            limit: NewestJobs,
            cancellationToken: cancellationToken
        );
        Show(ref _schema, agent?.InputSchema.ToJsonString(_readable) ?? "");
        Show(ref _mayDefine, caller?.Has(Role.Admin, Caller.Everywhere) == true);
        ShowRows(ref _versions, await Queries.VersionsAsync(Name, cancellationToken));
        Show(ref _agent, agent);
        Show(ref _numbers, numbers.GetValueOrDefault(Name) ?? AgentNumbers.None(Name));
        ShowRows(ref _jobs, jobs.Items);
    }

    private async Task RetireAsync()
    {
        var question = new ConfirmRequest($"Retire {Name}?", "Keep it", "Retire")
        {
            Text = "It takes no new jobs. Jobs that it has go on. Its versions stay here, and an edit brings it back.",
        };
        if (_versions is not [var newest, ..] || !await Dialogs.ConfirmAsync(question))
            return;
        var caller =
            await Callers.CurrentAsync(CancellationToken.None)
            ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
        caller.Require(Role.Admin, Caller.Everywhere);
        var outcome = await Definitions.RetireAsync(Name, newest.Version, caller.Actor, CancellationToken.None);
        await ReloadAsync();
        if (outcome is DefinitionOutcome.Saved)
            await Notices.SayAsync($"{Name} is retired.");
        else
            await Notices.ProblemAsync($"{Name} was changed meanwhile. Look at it again.");
    }

    private static string Readable(string? settings) =>
        settings is null ? "" : JsonSerializer.Serialize(JsonElement.Parse(settings), _readable);
}
