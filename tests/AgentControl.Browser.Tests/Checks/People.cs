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

    /// <summary>Somebody who decides in one workspace, made here, and sees nothing else; not signed in.</summary>
    public static async Task<string> ApproverAsync(this CheckedProgram program, string workspace)
    {
        var name = $"Approver{Guid.NewGuid():N}"[..16];
        await program.PutAsync($"/api/v1/workspaces/{workspace}");
        await using var context = await program.OpenAsStrangerAsync();
        await program.JoinAsync(context, name, role: null);
        var people = (await program.GetAsync("/api/v1/people?limit=200")).GetProperty("items").EnumerateArray();
        var id = people.Single(p => p.GetProperty("name").GetString() == name).GetProperty("id").GetString();
        await program.PatchAsync($"/api/v1/people/{id}", new { role = "approver", workspace });
        return name;
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
