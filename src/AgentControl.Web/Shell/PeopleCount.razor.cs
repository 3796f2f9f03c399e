using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace AgentControl.Web.Shell;

/// <summary>The violet number of requests that wait for the signed-in person.</summary>
public sealed partial class PeopleCount
{
    private const string Subject = "requests";
    private int _count;
    private bool _known;

    [Inject]
    private INavCounts Counts { get; set; } = null!;

    [Inject]
    private Announcer Announcer { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Authentication { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Approvals];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var person = (await Authentication.GetAuthenticationStateAsync()).User;
        var (before, now) = (_count, await Counts.WaitingForAsync(person, cancellationToken));
        Show(ref _count, now);
        if (_known && now > before)
            await Announcer.PoliteAsync(
                now == 1 ? "A new request waits for you." : $"A new request; {Formats.Number(now)} wait for you.",
                Subject
            );
        _known = true;
    }
}
