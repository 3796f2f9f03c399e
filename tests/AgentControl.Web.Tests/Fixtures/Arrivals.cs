using Bunit;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Tests.Fixtures;

internal static class Arrivals
{
    /// <summary>Ends when the address ends so. A change of address draws no page again, so no wait for one would see it.</summary>
    public static async Task ArrivesAsync(this NavigationManager navigation, string end)
    {
        var there = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (navigation.Uri.EndsWith(end, StringComparison.Ordinal))
                there.TrySetResult();
        }
        navigation.LocationChanged += (_, _) => Look();
        Look();
        await there.Task.WaitAsync(BunitContext.DefaultWaitTimeout, Xunit.TestContext.Current.CancellationToken);
    }
}
