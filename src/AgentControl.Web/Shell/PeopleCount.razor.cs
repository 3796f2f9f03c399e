using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace AgentControl.Web.Shell;

/// <summary>The violet number of requests that wait for the signed-in person.</summary>
public sealed partial class PeopleCount
{
    private int _count;

    [Inject]
    private INavCounts Counts { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Authentication { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Approvals];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var person = (await Authentication.GetAuthenticationStateAsync()).User;
        Show(ref _count, await Counts.WaitingForAsync(person, cancellationToken));
    }
}
