using System.Globalization;
using AgentControl.Engine.Access;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Workspaces;

/// <summary>One workspace, for admins: how much it may keep, and who may do what in it.</summary>
public sealed partial class WorkspaceSettingsPage
{
    private const decimal Megabyte = 1_000_000;

    private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);
    private IReadOnlyList<PersonInfo>? _people;
    private IReadOnlyList<ApiKeyInfo> _keys = [];
    private WorkspaceQuota? _quota;
    private string _megabytes = "";
    private string _files = "";
    private string? _filled;

    [Parameter]
    public string Name { get; set; } = "";

    [Inject]
    private WorkspaceQuotas Quotas { get; set; } = null!;

    [Inject]
    private PeopleQueries People { get; set; } = null!;

    [Inject]
    private ApiKeys Keys { get; set; } = null!;

    [Inject]
    private PeopleDesk Desk { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Workspace(Name)];

    protected override object? LoadKey => Name;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var quota = await Quotas.ReadAsync(Name, cancellationToken);
        // What somebody is typing stays when a file comes in.
        if (_filled != Name)
        {
            _megabytes = quota?.MaxBytes is { } bytes ? Said(bytes / Megabyte) : "";
            _files = quota?.MaxFiles is { } files ? Said(files) : "";
            _filled = Name;
        }
        var keys = await Keys.ListAsync(await Desk.CallerAsync(), cancellationToken);
        Show(ref _quota, quota);
        ShowRows(ref _keys!, [.. keys.Where(k => k.Workspace == Name && k.RevokedAt is null)]);
        ShowRows(ref _people, await People.ListAsync(cancellationToken));
    }

    private static string Said(decimal number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    private string Here(PersonInfo person) =>
        UserWords.Value(person.Elsewhere.TryGetValue(Name, out var role) ? role : null);

    private string? Invalid(string field) => _errors.ContainsKey(field) ? "true" : null;

    private async Task ChangeAsync(PersonInfo person, string? role)
    {
        await Desk.ChangeRoleAsync(person, RoleNames.Parse(role), Name);
        await ReloadAsync();
    }

    private async Task SaveAsync()
    {
        _errors.Clear();
        var bytes = Parse(
            _megabytes,
            "megabytes",
            long.MaxValue / Megabyte,
            "Give a number of megabytes, such as 500, or leave it empty."
        );
        var files = Parse(
            _files,
            "files",
            int.MaxValue,
            "Give a whole number of files, such as 1000, or leave it empty."
        );
        if (files is { } number && number != decimal.Truncate(number))
            _errors["files"] = "Give a whole number of files, such as 1000, or leave it empty.";
        if (_errors.Count > 0)
            return;
        var who = await Desk.CallerAsync();
        who.Require(Role.Admin, Caller.Everywhere);
        var saved = await Quotas.SetAsync(
            Name,
            (long?)(bytes * Megabyte),
            (int?)files,
            who.ToAuthor(),
            CancellationToken.None
        );
        await (saved ? Notices.SayAsync("Saved.") : Notices.ProblemAsync($"There is no workspace {Name} any more."));
        await ReloadAsync();
    }

    private decimal? Parse(string text, string field, decimal most, string remedy)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (
            decimal.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number <= most
        )
            return number;
        _errors[field] = remedy;
        return null;
    }
}
