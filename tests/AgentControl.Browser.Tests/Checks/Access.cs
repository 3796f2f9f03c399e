using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>An admin from the configuration, signed in once by hand.</summary>
internal static class Access
{
    public static Installation NewInstallation(string email, string password, string key) =>
        new(
            new Dictionary<string, string>
            {
                ["AgentControl:Bootstrap:AdminEmail"] = email,
                ["AgentControl:Bootstrap:AdminPassword"] = password,
                ["AgentControl:Bootstrap:ApiKey"] = key,
            }
        );

    /// <summary>The cookies of a person who signed in.</summary>
    public static async Task<string> SignInAsync(TestBrowser browser, string url, string email, string password)
    {
        await using var context = await browser.OpenAsync(new() { BaseURL = url });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/signin");
        await page.GetByLabel("Name").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.InteractiveAsync();
        return await context.StorageStateAsync();
    }
}
