using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace AgentControl.Web.Shell;

/// <summary>The violet number of requests that wait for the signed-in person.</summary>
public partial class PeopleCount
{
    private int _count;

    [Inject]
    private INavCounts Counts { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    protected override IEnumerable<string> Topics => [LiveTopic.Approvals];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (Authentication is null)
        {
            return;
        }

        var person = (await Authentication).User;
        Show(ref _count, await Counts.WaitingForAsync(person, cancellationToken));
    }
}
