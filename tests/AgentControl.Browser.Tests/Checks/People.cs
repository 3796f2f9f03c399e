using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Persons beside the admin, by invitation.</summary>
internal static class People
{
    public const string Password = "correct horse battery";

    /// <summary>Somebody new, signed in.</summary>
    public static async Task<IPage> JoinAsync(
        this CheckedProgram program,
        IBrowserContext context,
        string name,
        string? role = "viewer"
    )
    {
        var made = await program.PostAsync("/api/v1/invitations", new { email = $"{name}@example.org", role });
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(made.GetProperty("link").GetString()!).PathAndQuery);
        Assert.EndsWith("/invite", page.Url, StringComparison.Ordinal);
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Join" }).ClickAsync();
        // Nobody without a role has a page to use.
        if (role is null)
            await page.WaitForURLAsync(url => !url.EndsWith("/invite", StringComparison.Ordinal));
        else
            await page.InteractiveAsync();
        return page;
    }

    public static async Task<IPage> SignInAsync(IBrowserContext context, string name)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync("/signin");
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.InteractiveAsync();
        return page;
    }
}
