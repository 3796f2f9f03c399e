using AgentControl.Engine.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Access;

/// <summary>What people set for themselves: how pages look, name, password, and where they are signed in.</summary>
public sealed partial class ProfilePage
{
    private static readonly IReadOnlyList<string> _zones =
    [
        .. TimeZoneInfo
            .GetSystemTimeZones()
            .Select(zone => zone.Id)
            .Where(Preferences.IsZone)
            .Order(StringComparer.Ordinal),
    ];

    private IReadOnlyList<SignInInfo>? _signIns;
    private IReadOnlyDictionary<string, string[]> _errors = PeopleDesk.None;
    private PreferenceForm _form = new();
    private Preferences? _saved;
    private bool _isKey;
    private string? _email;
    private string? _name;
    private string? _old;
    private string? _new;

    /// <summary>Of a link that Slack showed.</summary>
    [SupplyParameterFromQuery(Name = "slack")]
    private string? Slack { get; set; }

    [Inject]
    private SignIns SignIns { get; set; } = null!;

    [Inject]
    private Profiles Profiles { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var who = await CallerAsync(cancellationToken);
        Show(ref _isKey, who.Kind != CallerKind.Person);
        if (_isKey)
            return;
        if (_signIns is null)
        {
            (_name, _email) = (who.Name, who.Email);
            _form = PreferenceForm.Of(Preferences.Read(await Profiles.PreferencesAsync(who.Id, cancellationToken)));
        }
        ShowRows(ref _signIns, await SignIns.ListAsync(who, cancellationToken));
    }

    private async Task SaveAsync()
    {
        var zone = _form.Zone?.Trim();
        if (!string.IsNullOrEmpty(zone) && !Preferences.IsZone(zone))
        {
            _errors = Errors("zone", "Choose one from the list, such as Europe/Berlin, or leave it empty.");
            return;
        }
        var wanted = _form.ToPreferences();
        await Profiles.SavePreferencesAsync(await CallerAsync(default), wanted.Write(), CancellationToken.None);
        (_saved, _errors) = (wanted, PeopleDesk.None);
        await Notices.SayAsync("Saved.");
    }

    private async Task RenameAsync()
    {
        _errors = await Profiles.RenameAsync(await CallerAsync(default), _name, CancellationToken.None);
        if (_errors.Count == 0)
            await Notices.SayAsync("Your name is changed.");
    }

    private async Task ChangePasswordAsync()
    {
        _errors = await Profiles.ChangePasswordAsync(await CallerAsync(default), _old, _new, CancellationToken.None);
        if (_errors.Count > 0)
            return;
        (_old, _new) = (null, null);
        await ReloadAsync();
        await Notices.SayAsync("Your password is changed. Your other sign-ins are ended.");
    }

    private async Task EndAsync(Guid signIn)
    {
        await SignIns.EndAsync(await CallerAsync(default), signIn, CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync("That sign-in is ended.");
    }

    private async Task EndOthersAsync()
    {
        var count = await SignIns.EndOthersAsync(await CallerAsync(default), CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync($"{Formats.Count(count, "other sign-in")} ended.");
    }

    private string? Invalid(string field) => _errors.ContainsKey(field) ? "true" : null;

    private string? Wrong(string field) => _errors.GetValueOrDefault(field)?[0];

    private static Dictionary<string, string[]> Errors(string field, string remedy) =>
        new(StringComparer.Ordinal) { [field] = [remedy] };

    private async ValueTask<Caller> CallerAsync(CancellationToken cancellationToken) =>
        await Callers.CurrentAsync(cancellationToken)
        ?? throw new AccessDeniedException(Role.Viewer, Caller.Everywhere);

    /// <summary>Empty texts stand for what is left to the browser.</summary>
    private sealed class PreferenceForm
    {
        public string Theme { get; set; } = "";
        public string Times { get; set; } = "";
        public string Clock { get; set; } = "";
        public string? Zone { get; set; } = "";
        public bool SingleKeys { get; set; } = true;

        public static PreferenceForm Of(Preferences stored) =>
            new()
            {
                Theme = stored.Theme ?? "",
                Times = stored.Times ?? "",
                Clock = stored.Clock ?? "",
                Zone = stored.Zone,
                SingleKeys = stored.SingleKeys,
            };

        public Preferences ToPreferences() =>
            Preferences.Read(new Preferences(Theme, Times, Clock, Zone?.Trim(), SingleKeys).Write());
    }
}
