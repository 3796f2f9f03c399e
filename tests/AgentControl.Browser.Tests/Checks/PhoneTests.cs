using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>A decision from a phone whose browser runs no script.</summary>
[Collection(PagesCollection.Name)]
public sealed class PhoneTests(CheckedProgram program, ITestOutputHelper output)
{
    private const int MostBytes = 60 * 1024;

    [Theory]
    [InlineData("Approve", "approved", "completed")]
    [InlineData("Reject", "rejected", "rejected")]
    public async Task A15_A_decision_works_without_script_and_without_a_socket(
        string button,
        string state,
        string label
    )
    {
        var (job, approval) = await program.SubmitAsync(CheckedProgram.Gate($"Phone {button}"));
        await using var context = await OpenPhoneAsync();
        var page = await context.NewPageAsync();
        var sockets = 0;
        page.WebSocket += (_, _) => sockets++;
        await page.GotoAsync($"/a/{approval}");
        if (button == "Reject")
        {
            await page.Locator("summary", new() { HasText = "Reject" }).ClickAsync();
            await page.GetByLabel("Not now").CheckAsync();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByTestId("decided")).ToBeVisibleAsync();
        Assert.Equal(state, (await program.GetAsync($"/api/v1/approvals/{approval}")).GetProperty("state").GetString());
        await ShowsLabelAsync(job, label);
        Assert.Equal(0, sockets);
    }

    [Fact]
    public async Task A15_Looking_decides_nothing_and_the_page_is_small_and_fits()
    {
        var (_, approval) = await program.SubmitAsync(CheckedProgram.Gate("Phone looks"));
        var before = (await program.GetAsync($"/api/v1/approvals/{approval}")).GetRawText();
        await using var context = await OpenPhoneAsync();
        for (var i = 0; i < 5; i++)
            Assert.True((await context.APIRequest.GetAsync($"/a/{approval}")).Ok);
        await context.APIRequest.HeadAsync($"/a/{approval}");
        Assert.Equal(before, (await program.GetAsync($"/api/v1/approvals/{approval}")).GetRawText());

        var page = await context.NewPageAsync();
        var sizes = new List<Task<int>>();
        page.Response += (_, answer) =>
        {
            if (answer.Request.ResourceType is not "font")
                sizes.Add(SizeAsync(answer));
        };
        await page.GotoAsync($"/a/{approval}", new() { WaitUntil = WaitUntilState.Load });
        var bytes = (await Task.WhenAll(sizes)).Sum();
        output.WriteLine($"A15: {bytes} bytes without fonts");
        Assert.InRange(bytes, 1, MostBytes);
        Assert.Equal(
            0,
            await page.EvaluateAsync<int>(
                "() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
            )
        );
        await page.Locator("summary", new() { HasText = "Reject" }).ClickAsync();
        foreach (
            var height in await page.Locator("form button, form summary")
                .EvaluateAllAsync<double[]>("all => all.map(e => e.getBoundingClientRect().height)")
        )
            Assert.True(height >= 48, $"A button is {height} px high.");
    }

    private Task<IBrowserContext> OpenPhoneAsync() =>
        program.OpenAsync(
            new()
            {
                JavaScriptEnabled = false,
                ViewportSize = new() { Width = 320, Height = 640 },
                HasTouch = true,
            }
        );

    private async Task ShowsLabelAsync(string job, string label)
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/jobs/{job}");
        await Assertions.Expect(page.Locator("main .ac-head [data-state]")).ToHaveAttributeAsync("data-state", label);
    }

    private static async Task<int> SizeAsync(IResponse answer)
    {
        var sizes = await answer.Request.SizesAsync();
        return sizes.ResponseBodySize;
    }
}
