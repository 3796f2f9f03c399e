using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shell;

/// <summary>The bell of the top bar with the number of unread news. Grey: news are no requests.</summary>
public sealed partial class Bell
{
    private int _unread;

    [Inject]
    private IUnreadNews News { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Notifications];

    protected override async Task LoadAsync(CancellationToken cancellationToken) =>
        Show(ref _unread, await News.CountAsync(cancellationToken));
}
