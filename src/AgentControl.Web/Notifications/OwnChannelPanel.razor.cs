using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Notifications;

/// <summary>The form of a channel that an admin makes or changes. Which one is open stands in the address.</summary>
public sealed partial class OwnChannelPanel
{
    private static readonly string[] _types = ["slack", "email", "webhook"];
    private static readonly OwnChannelView _none = new("", "", new Dictionary<string, string>(), []);
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private OwnChannelView? _known;
    private string _name = "";
    private bool _busy;

    [Inject]
    private OwnChannels Own { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <summary>A channel's name, or <c>new:</c> with a type; null where none is open.</summary>
    [Parameter]
    public string? Channel { get; set; }

    /// <summary>Where the person goes when it is saved or left.</summary>
    [Parameter]
    public string Back { get; set; } = "/settings/notifications";

    protected override object? LoadKey => Channel;

    private bool IsNew => Channel?.StartsWith("new:", StringComparison.Ordinal) == true;

    private string Type =>
        IsNew ? _types.FirstOrDefault(t => Channel == $"new:{t}") ?? "webhook" : _known?.Type ?? "webhook";

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        _known = Channel is null || IsNew ? _none : await Own.FindAsync(Channel, cancellationToken);
        _values = new(_known?.Settings ?? _none.Settings, StringComparer.Ordinal);
        _name = "";
    }

    private async Task SaveAsync()
    {
        _busy = true;
        var name = IsNew ? _name.Trim() : Channel!;
        try
        {
            var caller =
                await Callers.CurrentAsync(CancellationToken.None)
                ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
            if (
                await Own.SaveAsync(name, Type, _values, caller, CancellationToken.None)
                is NotificationOutcome<OwnChannelView>.Invalid invalid
            )
            {
                _errors = invalid.Errors;
                return;
            }
        }
        finally
        {
            _busy = false;
        }
        Navigation.NavigateTo(Back);
        await Notices.SayAsync($"Channel {name} is saved. Send a test to see whether it works.");
    }

    private string Value(string key) => _values.GetValueOrDefault(key, "");

    private void Set(string key, object? value) => _values[key] = value as string ?? "";

    private bool Kept(string key) => _known?.HasSecrets.Contains(key) == true;

    private string? Errors(string key) => _errors.TryGetValue(key, out var why) ? string.Join(' ', why) : null;

    private RenderFragment Error(string key) =>
        builder =>
        {
            builder.OpenElement(0, "span");
            builder.AddAttribute(1, "id", $"channel-{key.Replace(':', '-')}-e");
            builder.AddAttribute(2, "class", "ac-error");
            builder.AddAttribute(3, "role", "alert");
            builder.AddAttribute(4, "hidden", Errors(key) is null);
            builder.AddContent(5, Errors(key) ?? "");
            builder.CloseElement();
        };
}
