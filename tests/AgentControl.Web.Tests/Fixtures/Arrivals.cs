using Bunit;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Tests.Fixtures;

internal static class Arrivals
{
    /// <summary>Ends when the address ends so. A change of address draws no page again, so no wait for one would see it.</summary>
    public static async Task ArrivesAsync(this NavigationManager navigation, string end)
    {
        using var limit = new CancellationTokenSource(BunitContext.DefaultWaitTimeout);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!navigation.Uri.EndsWith(end, StringComparison.Ordinal))
            await look.WaitForNextTickAsync(limit.Token);
    }
}
