using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;

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

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs];

    protected override object? LoadKey => Name;

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
        Show(ref _agent, agent);
        Show(ref _numbers, numbers.GetValueOrDefault(Name) ?? AgentNumbers.None(Name));
        ShowRows(ref _jobs, jobs.Items);
    }
}
