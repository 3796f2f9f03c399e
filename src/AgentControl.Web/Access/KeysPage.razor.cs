using AgentControl.Engine.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Access;

/// <summary>Makes, lists and revokes API keys.</summary>
public sealed partial class KeysPage
{
    private IReadOnlyList<ApiKeyInfo>? _keys;
    private ApiKeyOutcome.Created? _made;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private KeyForm _form = new();
    private bool _busy;

    [Inject]
    private ApiKeys Keys { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancellationToken) =>
        ShowRows(ref _keys, await Keys.ListAsync(await CallerAsync(cancellationToken), cancellationToken));

    private async Task CreateAsync()
    {
        _busy = true;
        try
        {
            var who = await CallerAsync(CancellationToken.None);
            var outcome = await Keys.CreateAsync(who, _form.ToKey(who, Clock.GetUtcNow()), CancellationToken.None);
            _made = outcome as ApiKeyOutcome.Created;
            _errors =
                (outcome as ApiKeyOutcome.Invalid)?.Errors ?? new Dictionary<string, string[]>(StringComparer.Ordinal);
            if (_made is not null)
            {
                _form = new();
                await ReloadAsync();
            }
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task RevokeAsync(ApiKeyInfo key)
    {
        var question = new ConfirmRequest($"Revoke {key.Name}?", "Keep key", "Revoke key")
        {
            Text = "Programs that use it are refused from now on. A revoked key cannot come back.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        await Keys.RevokeAsync(await CallerAsync(CancellationToken.None), key.Id, CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync($"Revoked {key.Name}.");
    }

    // Behind the #: browsers send that part of an address to nobody.
    private string DisplayLink(string secret) => $"{Navigation.BaseUri}display#{secret}";

    private string? Invalid(string field) => _errors.ContainsKey(field) ? "true" : null;

    private async ValueTask<Caller> CallerAsync(CancellationToken cancellationToken) =>
        await Callers.CurrentAsync(cancellationToken) ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
}
