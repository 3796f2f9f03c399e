using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Opens a page of the list of routes, and waits until it stands.</summary>
internal static class RouteVisits
{
    public static async Task VisitAsync(this CheckedProgram program, IPage page, string route)
    {
        if (Routes.IsInteractive(route))
            await page.OpenAsync(program.PathOf(route));
        else if (route == "/setup")
            await page.GotoAsync(await program.SetupLinkAsync());
        else
            await page.GotoAsync(program.PathOf(route));
    }

    /// <summary>A page of its own context; strangers alone see the sign-in and the set-up.</summary>
    public static async Task<IPage> NewPageAsync(
        this CheckedProgram program,
        string route,
        BrowserNewContextOptions? options = null
    )
    {
        var context = route is "/signin" or "/setup" or "/display"
            ? await program.OpenAsStrangerAsync(options)
            : await program.OpenAsync(options);
        return await context.NewPageAsync();
    }
}
