using AgentControl.Engine.Notifications;
using AgentControl.Web.Notifications;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.New;

/// <summary>By which channels, of what and how often a job is told. It offers the channels that there are by name, and those that stand in it already.</summary>
public sealed partial class NotifyFields
{
    private IReadOnlyList<(string Name, string Said)>? _channels;

    [Parameter, EditorRequired]
    public NotifyForm Form { get; set; } = null!;

    /// <summary>The ids of its controls begin with it.</summary>
    [Parameter, EditorRequired]
    public string Prefix { get; set; } = "";

    /// <summary>What is wrong with a field.</summary>
    [Parameter]
    public Func<string, string?> ErrorOf { get; set; } = _ => null;

    [Parameter]
    public EventCallback OnChange { get; set; }

    [Inject]
    private NotificationQueries Queries { get; set; } = null!;

    private IEnumerable<(string Name, string Said)> Offered =>
        _channels is not { } known
            ? Form.Channels.Order(StringComparer.Ordinal).Select(name => (name, name))
            : known.Concat(
                Form.Channels.Where(name => known.All(k => k.Name != name))
                    .Order(StringComparer.Ordinal)
                    .Select(name => (name, $"{name} (there is none any more)"))
            );

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var channels = await Queries.ChannelsAsync(cancellationToken);
        ShowRows(ref _channels, [.. channels.Select(c => (c.Name, $"{c.Name} ({NotificationWords.Type(c.Type)})"))]);
    }

    private string Id(string field) => $"{Prefix}.{field}";

    private string? Invalid(string field) => ErrorOf(field) is null ? null : "true";

    private Task SetAsync(Action set)
    {
        set();
        return OnChange.InvokeAsync();
    }

    private RenderFragment Error(string field) =>
        builder =>
        {
            if (ErrorOf(field) is not { } wrong)
                return;
            builder.OpenElement(0, "span");
            builder.AddAttribute(1, "id", Id($"{field}-e"));
            builder.AddAttribute(2, "class", "ac-error");
            builder.AddContent(3, wrong);
            builder.CloseElement();
        };
}
